package io.gerve.site;

import io.gerve.config.GerveConfig;
import io.gerve.config.SettingHashes;
import io.gerve.fileserver.PrivateKeyFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Settings of a gate for comparisons, in which a key counts by its fingerprint and not by the path of its file. */
public final class GateSettings {
    private GateSettings() {}

    /** Reads the keys. A key that cannot be read is left out. */
    public static SettingHashes of(GerveConfig config) {
        return config.hashes()
                .with("frontend.host_keys", fingerprints(config.frontend().hostKeys()))
                .with(
                        "file_servers.identity_file",
                        fingerprints(List.of(config.fileServers().identityFile())));
    }

    private static Optional<String> fingerprints(List<Path> files) {
        try {
            return Optional.of(
                    files.stream().map(PrivateKeyFile::fingerprint).toList().toString());
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
