package io.gerve.cli;

import io.gerve.cli.output.Terminal;
import io.gerve.logging.LogSettings;
import io.gerve.logging.Logging;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Training run for the AOT cache of {@code gerve} (JEP 514): usual commands, on names that do not exist, so that nothing
 * is changed. If the site of the configuration does not answer, the cache holds less of the database's driver.
 */
public final class CliTrainingRun {
    private static final String NAME = "aot-training-run";
    private static final String UPGRADE = "--upgrade";

    private static final List<List<String>> COMMANDS = List.of(
            List.of("account", "show", NAME),
            List.of("account", "list", "--limit", "1"),
            List.of("account", "suspend", NAME, "--reason", NAME),
            List.of("key", "list", "--account", NAME),
            List.of("key", "revoke", "--account", NAME, "--reason", NAME),
            List.of("repo", "show", NAME + "/" + NAME),
            List.of("server", "list"),
            List.of("host", "list", NAME),
            List.of("route", "show", NAME),
            List.of("route", "failover", NAME),
            List.of("explain", "--account", NAME, "--repo", NAME + "/" + NAME, "--verb", "fetch"),
            List.of("audit", "log", "--limit", "1"),
            List.of("config", "check"));

    private CliTrainingRun() {}

    /** @param args {@code CONFIG}, or {@code --upgrade JAR COPY} to prepare a library for the cache */
    public static void main(String[] args) throws IOException {
        if (args.length == 3 && args[0].equals(UPGRADE)) {
            ClassFileUpgrade.copy(Path.of(args[1]), Path.of(args[2]));
            return;
        }
        Logging.start(new LogSettings(LogSettings.Format.TEXT, LogSettings.Level.ERROR));
        try (var nowhere = new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            for (List<String> command : COMMANDS) {
                String[] line = Stream.concat(Stream.of("--config", args[0]), command.stream())
                        .toArray(String[]::new);
                // A refusal trains as well.
                int _ = Gerve.execute(nowhere, nowhere, Terminal.console(), line);
            }
        }
    }
}
