package io.gerve.doctor;

import io.gerve.config.GerveConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Check of the files on this machine that the configuration names. */
public final class MachineCheck {
    private static final String ROOT = "root";

    private final GerveConfig config;
    private final Path configFile;

    public MachineCheck(GerveConfig config, Path configFile) {
        this.config = config;
        this.configFile = configFile;
    }

    /** @param running the account of the gate that runs on this machine; empty if none does */
    public Check check(Optional<String> running) {
        return new Check("key_file", "", () -> {
            Optional<String> account = running.or(this::ownerOfTheConfiguration);
            List<Finding> findings = new ArrayList<>();
            for (Path file : config.frontend().hostKeys()) {
                findings.add(new KeyFileCheck(file, "frontend.host_keys", Severity.WARNING).finding(account));
            }
            findings.add(
                    new KeyFileCheck(config.fileServers().identityFile(), "file_servers.identity_file", Severity.ERROR)
                            .finding(account));
            findings.add(new SpoolCheck(config.audit()).finding(account));
            return findings;
        });
    }

    /** Returns the account that owns the configuration, which is the gate's (install.md), unless it is root. */
    private Optional<String> ownerOfTheConfiguration() {
        try {
            return Optional.of(Files.getOwner(configFile).getName()).filter(owner -> !owner.equals(ROOT));
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
