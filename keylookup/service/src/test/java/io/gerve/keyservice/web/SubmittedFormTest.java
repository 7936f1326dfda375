package io.gerve.keyservice.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gerve.keyservice.http.HttpRequest;
import io.gerve.keyservice.http.MalformedRequest;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubmittedFormTest {
    private static final Map<String, String> FORM = Map.of("content-type", "application/x-www-form-urlencoded");
    private static final SessionSecret SECRET = SessionSecret.generate(new SecureRandom());

    @Test
    void fieldsAreDecodedAndStripped() throws MalformedRequest {
        SubmittedForm form = SubmittedForm.read(request(FORM, "title=+a%2Bb+%E2%80%9Cc%E2%80%9D%0D%0A&empty="));
        assertThat(form.text("title")).isEqualTo("a+b “c”");
        assertThat(form.text("empty")).isEmpty();
        assertThat(form.text("other")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a=1&a=2", "a=%", "a=%zz", "a=1&&b=2"})
    void malformedFormIsRefused(String body) {
        assertThatThrownBy(() -> SubmittedForm.read(request(FORM, body))).isInstanceOf(MalformedRequest.class);
    }

    @Test
    void otherContentTypeIsRefused() {
        assertThatThrownBy(() -> SubmittedForm.read(request(Map.of("content-type", "text/plain"), "a=1")))
                .isInstanceOf(MalformedRequest.class);
        assertThatThrownBy(() -> SubmittedForm.read(request(Map.of(), "a=1"))).isInstanceOf(MalformedRequest.class);
    }

    /** Origins that browsers report: same origin, another host of the site, another site, or none. */
    @ParameterizedTest
    @CsvSource({
        "https://git.example, same-origin, https://git.example, true",
        "https://git.example, same-site, https://wiki.git.example, false",
        "https://git.example, cross-site, https://evil.example, false",
        "https://git.example, none, , false",
        "https://git.example, , https://git.example, true",
        "https://git.example:443, , https://git.example, true",
        "https://GIT.example/keys, , https://git.example, true",
        "https://git.example, , http://git.example, false",
        "https://git.example, , https://git.example:8443, false",
        "https://git.example, , https://git.example.evil.example, false",
        "https://git.example, , null, false",
        "https://git.example, , , false",
        "http://127.0.0.1:8022, , http://127.0.0.1:8022, true",
    })
    void formIsAcceptedFromSameOriginOnly(String url, String site, String origin, boolean isAccepted) throws Exception {
        Map<String, String> headers = new HashMap<>(FORM);
        if (site != null) {
            headers.put("sec-fetch-site", site);
        }
        if (origin != null) {
            headers.put("origin", origin);
        }
        var guard = new CsrfGuard(URI.create(url));
        SubmittedForm form = SubmittedForm.read(request(headers, CsrfGuard.FIELD + "=" + SECRET.formToken()));
        if (isAccepted) {
            guard.refuseForeign(request(headers, ""), form, SECRET);
        } else {
            assertThatThrownBy(() -> guard.refuseForeign(request(headers, ""), form, SECRET))
                    .isInstanceOf(PageError.class);
        }
    }

    /** The attack: another host of the same domain plants a cookie in addition to the real one. */
    @Test
    void duplicateSessionCookiesAreIgnored() {
        var cookie = new SessionCookie(URI.create("https://git.example"));
        String one = "__Host-gerve=" + SECRET.text();
        assertThat(cookie.read(request(Map.of("cookie", "a=b; " + one), ""))).isPresent();
        assertThat(cookie.read(request(Map.of("cookie", one + "; " + one), ""))).isEmpty();
        assertThat(cookie.read(request(Map.of("cookie", "gerve=" + SECRET.text()), "")))
                .isEmpty();
        assertThat(cookie.set(SECRET))
                .isEqualTo(one + "; Path=/; HttpOnly; SameSite=Lax; Secure")
                .isNotEqualTo(new SessionCookie(URI.create("http://git.example")).set(SECRET));
    }

    private static HttpRequest request(Map<String, String> headers, String body) {
        Map<String, List<String>> lines = new HashMap<>();
        headers.forEach((name, value) -> lines.put(name, List.of(value)));
        return new HttpRequest(
                "id",
                "POST",
                List.of("settings"),
                Map.of(),
                lines,
                InetAddress.getLoopbackAddress(),
                () -> body.getBytes(StandardCharsets.UTF_8));
    }
}
