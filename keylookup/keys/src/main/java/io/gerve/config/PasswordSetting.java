package io.gerve.config;

import java.util.Optional;

/** Password setting of a section. The password is in the configuration file or in a password file. */
final class PasswordSetting {
    private static final int BYTES_MAX = 4096;

    private final ConfigFile file;
    private final ConfigSection section;

    PasswordSetting(ConfigFile file, ConfigSection section) {
        this.file = file;
        this.section = section;
    }

    /** Records an error if every user may read the configuration file, in which {@code key} contains a password. */
    void requirePrivateFile(String key) {
        if (file.isWorldReadable()) {
            section.error(
                    key,
                    "contains a password, but every user may read this file. Run chmod o-r on it, or move the password"
                            + " to a file of its own and set password_file");
        }
    }

    /**
     * Reads the password from a file.
     *
     * @param key the setting that names the file: {@code password_file}
     * @return empty if the key is not set, or if the file is unusable, which is recorded as an error
     */
    Optional<String> fromFile(String key) {
        if (!section.has(key)) {
            return Optional.empty();
        }
        String password = section.parsed(key, "", text -> read(new ConfigFile(file.resolve(text))));
        return password.isEmpty() ? Optional.empty() : Optional.of(password);
    }

    private static String read(ConfigFile passwordFile) {
        String text;
        try {
            text = passwordFile.text(BYTES_MAX).strip();
        } catch (InvalidConfig e) {
            throw new IllegalArgumentException("cannot be used: " + e.getMessage(), e);
        }
        if (passwordFile.isWorldReadable()) {
            throw new IllegalArgumentException(
                    "names a file that every user may read. Run: chmod o-r " + passwordFile.path());
        }
        if (text.isEmpty() || text.lines().count() > 1) {
            throw new IllegalArgumentException("must name a file with exactly one line: " + passwordFile.path());
        }
        return text;
    }
}
