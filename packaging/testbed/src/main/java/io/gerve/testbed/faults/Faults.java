package io.gerve.testbed.faults;

import io.gerve.program.ExitStatus;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The {@code packaging/faults} program. */
@Command(
        name = "packaging/faults",
        header = "Shows that a site survives faults and attacks.",
        description = {
            "",
            "Each subcommand starts a whole site of the built distribution on this machine, does something to it that"
                    + " happens to real sites, and checks what honest users notice. It ends what it started."
                    + " The last line of its output has the figures.",
            "",
            "packaging/verify runs the short forms.",
            ""
        },
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {StrangersCommand.class, ConnectionsCommand.class, HelpCommand.class},
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:Everything held.",
            "1:Something did not hold. The output says what.",
            ExitStatus.USAGE_HELP,
            ExitStatus.UNAVAILABLE_HELP
        })
public final class Faults {
    private Faults() {}

    /**
     * Runs a subcommand. The system property {@code gerve.distribution} names the folder of the distribution, {@code
     * gerve.mariadb.home} that of the unpacked MariaDB.
     */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Faults()).execute(arguments));
    }
}
