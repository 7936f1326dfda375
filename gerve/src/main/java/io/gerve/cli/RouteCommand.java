package io.gerve.cli;

import io.gerve.admin.ChangeRefused;
import io.gerve.cli.output.Table;
import io.gerve.keylookup.directory.Login;
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
        header = "Which file server holds whose repositories, and which of its hosts is active.",
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
                    "stand_by",
                    route -> route.hosts().stream()
                            .skip(1)
                            .map(FileServerHost::name)
                            .toList());

    private static final Table<Rebuilt> REBUILT =
            Table.<Rebuilt>rows().column("routes", Rebuilt::routes).column("removed", Rebuilt::removed);

    @Command(header = "Show the file server of an owner.")
    int show(@Parameters(paramLabel = "OWNER", description = "A user or an organization.") Login owner)
            throws Exception {
        try (var site = gerve().open()) {
            site.accounts().show(owner);
            gerve().printOne(
                            ROUTE,
                            site.routeResolver()
                                    .routeTo(owner)
                                    .orElseThrow(() -> new ChangeRefused("No file server was chosen for " + owner
                                            + ". gerve route set " + owner + " SERVER")));
        }
        return ExitStatus.DONE;
    }

    @Command(
            header = "Say which file server holds an owner's repositories.",
            description = {"", "It moves no repository: those that the owner has must be on that server already."})
    int set(
            @Parameters(paramLabel = "OWNER", description = "A user or an organization.") Login owner,
            @Parameters(paramLabel = "SERVER", description = "The file server.") String server)
            throws Exception {
        try (var site = gerve().open()) {
            site.warnUnlessPropagated(site.routes().route(owner, server));
        }
        return done("The repositories of " + owner + " are on " + server + ".");
    }

    @Command(header = "List every owner's file server.")
    int list() throws Exception {
        List<OwnerRoute> routes = new ArrayList<>();
        try (var site = gerve().open()) {
            site.routes().forEach(routes::add);
        }
        gerve().print(OWNERS, routes);
        return ExitStatus.DONE;
    }

    @Command(
            header = "Make a stand-by the active host, on all gates at once.",
            description = {"", "Without HOST it is the first stand-by. What was active stands by, as the last."})
    int failover(
            @Parameters(paramLabel = "SERVER", description = "The file server.") String server,
            @Parameters(paramLabel = "HOST", arity = "0..1", description = "Its stand-by.") Optional<String> host)
            throws Exception {
        try (var site = gerve().open()) {
            var done = host.isPresent()
                    ? site.routes().failover(server, host.get())
                    : site.routes().failover(server);
            site.warnUnlessPropagated(done.propagation());
            gerve().printOne(ROUTE, done.route());
        }
        return ExitStatus.DONE;
    }

    @Command(header = "Fill Redis from the database, and have every gate ask again.")
    int rebuild() throws Exception {
        try (var site = gerve().open()) {
            var rebuilt = site.routes().rebuild(gerve().progress()::at);
            site.warnUnlessPropagated(rebuilt.propagation());
            gerve().printOne(REBUILT, rebuilt);
        }
        return ExitStatus.DONE;
    }
}
