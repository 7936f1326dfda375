package io.gerve.keylookup.api;

import io.gerve.keylookup.api.Operation.Call;
import io.gerve.lookup.Changes;
import java.util.List;

/** What those ask who look after the program. Whoever comes through a proxy is a client, for whom none of it is there. */
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
                probe("/livez", _ -> Reply.text(Reply.OK, "ok\n")),
                probe("/readyz", _ -> readiness()),
                probe("/metrics", _ -> Reply.text(Reply.OK, metrics.text(), Metrics.CONTENT_TYPE)));
    }

    private Operation probe(String path, Operation.Handler handler) {
        return new Operation("GET", path, new Operation.Anybody(), call -> {
            refuseClients(call);
            return handler.reply(call);
        });
    }

    private void refuseClients(Call call) throws Refusal {
        if (addresses.isThroughProxy(call.request())) {
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
