package io.gerve.keyservice.api;

import io.gerve.invalidation.InvalidationBus;
import io.gerve.keylookup.directory.MysqlAccountDirectory;
import io.gerve.keyservice.http.ClientAddressResolver;
import io.gerve.keyservice.http.HttpMetrics;
import io.gerve.keyservice.http.HttpRequest;
import io.gerve.keyservice.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Handlers of liveness, readiness and metrics, for operators and load balancers. A request that a trusted proxy
 * forwards comes from a client and gets 404.
 */
final class ProbeHandlers {
    static final Set<String> NAMES = Set.of("livez", "readyz", "metrics");

    private final MysqlAccountDirectory accounts;
    private final InvalidationBus invalidations;
    private final HttpMetrics metrics;
    private final ClientAddressResolver addresses;

    ProbeHandlers(
            MysqlAccountDirectory accounts,
            InvalidationBus invalidations,
            HttpMetrics metrics,
            ClientAddressResolver addresses) {
        this.accounts = accounts;
        this.invalidations = invalidations;
        this.metrics = metrics;
        this.addresses = addresses;
    }

    List<ApiRoute> routes() {
        return List.of(
                probe("/livez", this::refuseForwarded, () -> HttpResponse.text(HttpResponse.OK, "ok\n")),
                probe("/readyz", this::refuseForwarded, this::readiness),
                probe(
                        "/metrics",
                        this::refuseProxies,
                        () -> HttpResponse.text(HttpResponse.OK, metrics.text(), HttpMetrics.CONTENT_TYPE)));
    }

    private interface Guard {
        void check(HttpRequest request) throws ApiError;
    }

    private static ApiRoute probe(String path, Guard guard, Supplier<HttpResponse> response) {
        return new ApiRoute("GET", path, new ApiRoute.Operator(), call -> {
            guard.check(call.request());
            return response.get();
        });
    }

    /** Refuses forwarded requests. A proxy's own health checks have no X-Forwarded-For and are allowed. */
    private void refuseForwarded(HttpRequest request) throws ApiError {
        if (addresses.isThroughProxy(request) && request.headers().containsKey("x-forwarded-for")) {
            throw ApiError.notFound();
        }
    }

    /** Refuses every request from a proxy: a forwarded one may lack X-Forwarded-For. */
    private void refuseProxies(HttpRequest request) throws ApiError {
        if (addresses.isThroughProxy(request)) {
            throw ApiError.notFound();
        }
    }

    private HttpResponse readiness() {
        boolean database = accounts.isAnswering();
        boolean redis = invalidations.isConnected();
        return HttpResponse.text(
                database && redis ? HttpResponse.OK : 503,
                "database " + status(database) + "\nredis " + status(redis) + "\n");
    }

    private static String status(boolean isAnswering) {
        return isAnswering ? "ok" : "does not answer";
    }
}
