package io.gerve.cli;

import io.gerve.admin.ChangeRefused;
import io.gerve.cli.output.Table;
import io.gerve.keylookup.directory.Login;
import io.gerve.program.ExitStatus;
import io.gerve.routing.FileServerHost;
import io.gerve.routing.OwnerRoute;
import io.gerve.routing.Route;
import io.gerve.routing.RouteService.Rebuilt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code gerve route}. */
@Command(
        name = "route",
        header = "Show and set the file server of an owner; fail over to a standby.",
        description = {
            "",
            "  gerve route show mojombo",
            "  gerve route failover fs1",
            "  gerve route rebuild",
        })
final class RouteCommand extends CommandGroup {
    private static final Table<OwnerRoute> OWNERS = Table.<OwnerRoute>rows()
            .column("owner", route -> route.owner().text())
            .column("server", OwnerRoute::server);

    private static final Table<Route> ROUTE = Table.<Route>rows()
            .column("server", Route::server)
            .column("active", route -> route.hosts().getFirst().name())
            .column(
                    "standby",
                    route -> route.hosts().stream()
                            .skip(1)
                            .map(FileServerHost::name)
                            .toList());

    private static final Table<Rebuilt> REBUILT =
            Table.<Rebuilt>rows().column("routes", Rebuilt::routes).column("removed", Rebuilt::removed);

    @Command(header = "Show the route of an owner, or the file server of every owner.")
    int show(
            @Parameters(paramLabel = "OWNER", arity = "0..1", description = "A user or an organization.")
                    Optional<Login> owner)
            throws Exception {
        try (var site = gerve().open()) {
            if (owner.isPresent()) {
                gerve().printOne(ROUTE, routeTo(site, owner.get()));
            } else {
                List<OwnerRoute> routes = new ArrayList<>();
                site.routes().forEach(routes::add);
                gerve().print(OWNERS, routes);
            }
        }
        return ExitStatus.DONE;
    }

    private static Route routeTo(SiteConnection site, Login owner) throws Exception {
        site.accounts().show(owner);
        return site.routeResolver()
                .routeTo(owner)
                .orElseThrow(() -> new ChangeRefused(
                        owner + " has no file server. Set one: gerve route set " + owner + " SERVER"));
    }

    @Command(
            header = "Set the file server of an owner.",
            description = {
                "",
                "Moves no repository: the owner's repositories must be on that server already. Remove them from the"
                        + " former server afterwards: what is left there could be read under a name that is used again,"
                        + " if Redis named that server."
            })
    int set(
            @Parameters(paramLabel = "OWNER", description = "A user or an organization.") Login owner,
            @Parameters(paramLabel = "SERVER", description = "The file server.") String server)
            throws Exception {
        try (var site = gerve().open()) {
            site.warnUnlessPropagated(site.routes().route(owner, server));
        }
        return done("The repositories of " + owner + " are on " + server + ".");
    }

    @Command(
            header = "Make a standby the active host, on all gates at once.",
            description = {
                "",
                "Without HOST, the first standby becomes active. The host that was active becomes the last standby."
            })
    int failover(
            @Parameters(paramLabel = "SERVER", description = "The file server.") String server,
            @Parameters(paramLabel = "HOST", arity = "0..1", description = "A standby of the server.")
                    Optional<String> host)
            throws Exception {
        try (var site = gerve().open()) {
            var failover = host.isPresent()
                    ? site.routes().failover(server, host.get())
                    : site.routes().failover(server);
            site.warnUnlessPropagated(failover.propagation());
            gerve().printOne(ROUTE, failover.route());
        }
        return ExitStatus.DONE;
    }

    @Command(header = "Write all routes from the database to Redis, and clear the caches of all gates.")
    int rebuild() throws Exception {
        try (var site = gerve().open()) {
            var rebuilt = site.routes().rebuild(gerve().progress()::at);
            site.warnUnlessPropagated(rebuilt.propagation());
            gerve().printOne(REBUILT, rebuilt);
        }
        return ExitStatus.DONE;
    }
}
