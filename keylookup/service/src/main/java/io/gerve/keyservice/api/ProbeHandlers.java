package io.gerve.keyservice.api;

import io.gerve.keyservice.http.ClientAddressResolver;
import io.gerve.keyservice.http.HttpRequest;
import io.gerve.keyservice.http.HttpResponse;
import io.gerve.metrics.Readiness;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Handlers of liveness and readiness, for load balancers. A request that a trusted proxy forwards comes from a client
 * and gets 404. A proxy's own health checks have no X-Forwarded-For and are allowed.
 */
final class ProbeHandlers {
    static final Set<String> NAMES = Set.of("livez", "readyz");

    private final Readiness readiness;
    private final ClientAddressResolver addresses;

    ProbeHandlers(Readiness readiness, ClientAddressResolver addresses) {
        this.readiness = readiness;
        this.addresses = addresses;
    }

    List<ApiRoute> routes() {
        return List.of(
                probe("/livez", () -> HttpResponse.text(HttpResponse.OK, "ok\n")),
                probe(
                        "/readyz",
                        () -> HttpResponse.text(readiness.isReady() ? HttpResponse.OK : 503, readiness.text())));
    }

    private ApiRoute probe(String path, Supplier<HttpResponse> response) {
        return new ApiRoute("GET", path, new ApiRoute.Operator(), call -> {
            if (isForwarded(call.request())) {
                throw ApiError.notFound();
            }
            return response.get();
        });
    }

    private boolean isForwarded(HttpRequest request) {
        return addresses.isThroughProxy(request) && request.headers().containsKey("x-forwarded-for");
    }
}
