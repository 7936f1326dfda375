package io.gerve.doctor;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;

/** Check of the key service: whether it answers at the address that clients use. */
public final class KeyServiceCheck {
    private static final String NAME = "key_service";
    /** Address by default. Whether a site has a key service cannot be told if this is still set. */
    private static final URI DEFAULT = URI.create("http://127.0.0.1:8022");

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int READY = 200;
    private static final int NOT_READY = 503;

    private final URI url;

    /** @param url {@code keylookup.url} */
    public KeyServiceCheck(URI url) {
        this.url = url;
    }

    public Check check() {
        return new Check(NAME, url.toString(), () -> List.of(run()));
    }

    private Finding run() throws InterruptedException {
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            int status = client.send(
                            HttpRequest.newBuilder(URI.create(url + "/readyz"))
                                    .timeout(TIMEOUT)
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            client.shutdownNow();
            return switch (status) {
                case READY -> finding(Severity.OK, "", "");
                case NOT_READY ->
                    finding(
                            Severity.ERROR,
                            "The key service is not ready: neither the database nor Redis answers it, or it is stopping.",
                            "On its machine: gerve doctor --config /etc/gerve/keylookup.toml");
                default ->
                    finding(
                            Severity.ERROR,
                            "What answers is not the key service: /readyz has the status " + status + ".",
                            "Correct keylookup.url, or the proxy at this address.");
            };
        } catch (IOException e) {
            return down(e);
        }
    }

    private Finding down(IOException failure) {
        // The client's exceptions for a refused connection and for a timeout have no message.
        String reason = switch (failure) {
            case HttpTimeoutException _ -> "no reply within " + TIMEOUT.toSeconds() + " s";
            case ConnectException _ -> "Connection refused";
            default -> String.valueOf(failure.getMessage());
        };
        return url.equals(DEFAULT)
                ? finding(
                        Severity.WARNING,
                        "No key service answers on this machine: " + reason,
                        "If the site has one, set keylookup.url to the address that clients use; to start it here:"
                                + " systemctl start gerve-keylookup")
                : finding(
                        Severity.ERROR,
                        "The key service does not answer: " + reason,
                        "On its machine: systemctl start gerve-keylookup. Or correct keylookup.url.");
    }

    private Finding finding(Severity severity, String what, String advice) {
        return new Finding(NAME, url.toString(), severity, what, advice);
    }
}
