package io.gerve.cli;

import io.gerve.admin.OperatorMessage;
import io.gerve.cli.output.Table;
import io.gerve.program.ExitStatus;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gerve site}. */
@Command(
        name = "site",
        header = "Show and set the site's settings that need no restart.",
        description = {
            "",
            "  gerve site set --read-only 'Moving to new disks until 14:00 UTC'",
            "  gerve site set --read-write",
            "  gerve site show",
        })
final class SiteCommand extends CommandGroup {
    private static final Table<Optional<OperatorMessage>> SITE = Table.<Optional<OperatorMessage>>rows()
            .column("read_only", Optional::isPresent)
            .column("reason", reason -> reason.map(OperatorMessage::text).orElse(""));

    /** The two modes of the site. */
    static final class Mode {
        @Option(
                names = "--read-only",
                paramLabel = "REASON",
                description = "Refuse all pushes. The git user reads the reason. Reads continue.")
        private Optional<OperatorMessage> readOnly = Optional.empty();

        @Option(names = "--read-write", description = "Accept pushes.")
        private boolean readWrite;
    }

    @Command(header = "Show whether the site is read-only, and why.")
    int show() throws Exception {
        try (var site = gerve().open()) {
            gerve().printOne(SITE, site.siteStore().readOnly());
        }
        return ExitStatus.DONE;
    }

    @Command(header = "Make the site read-only or read-write.")
    int set(@ArgGroup(multiplicity = "1") Mode mode) throws Exception {
        try (var site = gerve().open()) {
            site.siteStore().setReadOnly(mode.readWrite ? Optional.empty() : mode.readOnly);
        }
        return done(mode.readOnly.isPresent() ? "The site is read-only." : "The site is read-write.");
    }
}
