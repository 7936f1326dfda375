package io.gerve.cli;

import io.gerve.registry.Words;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gerve site}. */
@Command(
        name = "site",
        header = "The site's switches.",
        description = {
            "",
            "  gerve site read-only on --reason 'Moving to new disks until 14:00 UTC'",
            "  gerve site read-only off",
            "  gerve site read-only show",
        })
final class SiteCommand extends CommandGroup {
    private static final Table<Optional<Words>> READ_ONLY = Table.<Optional<Words>>rows()
            .column("read_only", Optional::isPresent)
            .column("reason", reason -> reason.map(Words::text).orElse(""));

    enum Switch {
        ON,
        OFF,
        SHOW
    }

    @Command(name = "read-only", header = "Refuse all pushes, or take them again, or show which. Reading goes on.")
    int readOnly(
            @Parameters(paramLabel = "on|off|show", description = "on needs --reason.") Switch position,
            @Option(names = "--reason", paramLabel = "TEXT", description = "Why; everybody who pushes reads it.")
                    Optional<Words> reason)
            throws Exception {
        if (reason.isPresent() != (position == Switch.ON)) {
            throw usage(position == Switch.ON ? "Say why with --reason." : "--reason goes with on.");
        }
        try (var site = gerve().open()) {
            return switch (position) {
                case ON -> {
                    site.switches().setReadOnly(reason);
                    yield done("Pushes are refused everywhere.");
                }
                case OFF -> {
                    site.switches().setReadOnly(Optional.empty());
                    yield done("Pushes are taken again.");
                }
                case SHOW -> {
                    gerve().printOne(READ_ONLY, site.switches().readOnly());
                    yield ExitStatus.DONE;
                }
            };
        }
    }
}
