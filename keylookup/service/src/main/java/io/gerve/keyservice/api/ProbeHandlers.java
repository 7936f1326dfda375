package io.gerve.keyservice.api;

import io.gerve.invalidation.InvalidationBus;
import io.gerve.keylookup.directory.MysqlAccountDirectory;
import io.gerve.keyservice.http.ClientAddressResolver;
import io.gerve.keyservice.http.HttpMetrics;
import io.gerve.keyservice.http.HttpRequest;
import io.gerve.keyservice.http.HttpResponse;
import java.util.List;
import java.util.function.Supplier;

/**
 * What those ask who look after the program, among them its proxies. Whoever comes through a proxy is a client, for whom none of it is there.
 */
final class ProbeHandlers {
    private final MysqlAccountDirectory accounts;
    private final InvalidationBus changes;
    private final HttpMetrics metrics;
    private final ClientAddressResolver addresses;

    ProbeHandlers(
            MysqlAccountDirectory accounts,
            InvalidationBus changes,
            HttpMetrics metrics,
            ClientAddressResolver addresses) {
        this.accounts = accounts;
        this.changes = changes;
        this.metrics = metrics;
        this.addresses = addresses;
    }

    List<ApiRoute> operations() {
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

    private static ApiRoute probe(String path, Guard guard, Supplier<HttpResponse> reply) {
        return new ApiRoute("GET", path, new ApiRoute.Operator(), call -> {
            guard.check(call.request());
            return reply.get();
        });
    }

    /** A proxy's own checks forward for nobody. */
    private void refuseForwarded(HttpRequest request) throws ApiError {
        if (addresses.isThroughProxy(request) && request.headers().containsKey("x-forwarded-for")) {
            throw ApiError.notFound();
        }
    }

    /** Also where the proxy does not say for whom it asks. */
    private void refuseProxies(HttpRequest request) throws ApiError {
        if (addresses.isThroughProxy(request)) {
            throw ApiError.notFound();
        }
    }

    private HttpResponse readiness() {
        boolean database = accounts.isAnswering();
        boolean redis = changes.isConnected();
        return HttpResponse.text(
                database && redis ? HttpResponse.OK : 503,
                "database " + status(database) + "\nredis " + status(redis) + "\n");
    }

    private static String status(boolean answers) {
        return answers ? "ok" : "does not answer";
    }
}
