package io.gerve.cli;

import io.gerve.admin.OperatorMessage;
import io.gerve.cli.output.Table;
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
    private static final Table<Optional<OperatorMessage>> READ_ONLY = Table.<Optional<OperatorMessage>>rows()
            .column("read_only", Optional::isPresent)
            .column("reason", reason -> reason.map(OperatorMessage::text).orElse(""));

    enum Switch {
        ON,
        OFF,
        SHOW
    }

    @Command(name = "read-only", header = "Refuse all pushes, or take them again, or show which. Reading goes on.")
    int readOnly(
            @Parameters(paramLabel = "on|off|show", description = "on needs --reason.") Switch position,
            @Option(names = "--reason", paramLabel = "TEXT", description = "Why; everybody who pushes reads it.")
                    Optional<OperatorMessage> reason)
            throws Exception {
        if (reason.isPresent() != (position == Switch.ON)) {
            throw usage(position == Switch.ON ? "Say why with --reason." : "--reason goes with on.");
        }
        try (var site = gerve().open()) {
            return switch (position) {
                case ON -> {
                    site.siteStore().setReadOnly(reason);
                    yield done("Pushes are refused everywhere.");
                }
                case OFF -> {
                    site.siteStore().setReadOnly(Optional.empty());
                    yield done("Pushes are taken again.");
                }
                case SHOW -> {
                    gerve().printOne(READ_ONLY, site.siteStore().readOnly());
                    yield ExitStatus.DONE;
                }
            };
        }
    }
}
