package io.gerve.cli;

import io.gerve.config.InvalidConfig;
import picocli.CommandLine.Command;

/** {@code gerve config}. */
@Command(
        name = "config",
        header = "Check the configuration file.",
        description = {"", "  gerve config check --config gerve.toml"})
final class ConfigCommand extends CommandGroup {
    @Command(
            header = "Check that the configuration can be read and that every setting is valid.",
            description = {"", "It connects to nothing; gerve doctor checks the services too."})
    int check() throws InvalidConfig {
        gerve().config();
        return done("The configuration is valid.");
    }
}
