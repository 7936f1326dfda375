package io.gerve.keylookup.api;

import io.gerve.keylookup.http.ClientAddress;
import io.gerve.keylookup.http.Metrics;
import io.gerve.keylookup.http.Reply;
import io.gerve.keylookup.http.Request;
import io.gerve.keylookup.key.MysqlAccounts;
import io.gerve.lookup.Changes;
import java.util.List;
import java.util.function.Supplier;

/**
 * What those ask who look after the program, among them its proxies. Whoever comes through a proxy is a client, for whom none of it is there.
 */
final class Probes {
    private final MysqlAccounts accounts;
    private final Changes changes;
    private final Metrics metrics;
    private final ClientAddress addresses;

    Probes(MysqlAccounts accounts, Changes changes, Metrics metrics, ClientAddress addresses) {
        this.accounts = accounts;
        this.changes = changes;
        this.metrics = metrics;
        this.addresses = addresses;
    }

    List<Operation> operations() {
        return List.of(
                probe("/livez", this::refuseForwarded, () -> Reply.text(Reply.OK, "ok\n")),
                probe("/readyz", this::refuseForwarded, this::readiness),
                probe(
                        "/metrics",
                        this::refuseProxies,
                        () -> Reply.text(Reply.OK, metrics.text(), Metrics.CONTENT_TYPE)));
    }

    private interface Guard {
        void check(Request request) throws Refusal;
    }

    private static Operation probe(String path, Guard guard, Supplier<Reply> reply) {
        return new Operation("GET", path, new Operation.Attendant(), call -> {
            guard.check(call.request());
            return reply.get();
        });
    }

    /** A proxy's own checks forward for nobody. */
    private void refuseForwarded(Request request) throws Refusal {
        if (addresses.isThroughProxy(request) && request.headers().containsKey("x-forwarded-for")) {
            throw Refusal.notFound();
        }
    }

    /** Also where the proxy does not say for whom it asks. */
    private void refuseProxies(Request request) throws Refusal {
        if (addresses.isThroughProxy(request)) {
            throw Refusal.notFound();
        }
    }

    private Reply readiness() {
        boolean database = accounts.answer();
        boolean redis = changes.isHearing();
        return Reply.text(
                database && redis ? Reply.OK : 503, "database " + word(database) + "\nredis " + word(redis) + "\n");
    }

    private static String word(boolean answers) {
        return answers ? "ok" : "does not answer";
    }
}
