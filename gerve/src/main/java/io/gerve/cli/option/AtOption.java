package io.gerve.cli.option;

import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Option {@code --at}: a past time. */
public final class AtOption {
    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "At a past time: 2026-03-01T12:00:00Z, 2026-03-01, or 7d for seven days ago.")
    private Optional<PointInTime> at = Optional.empty();

    public Optional<Instant> instant() {
        return at.map(PointInTime::at);
    }
}
