package io.gerve.config;

import java.util.Optional;

/** A password that stands in the configuration file, or in a file of its own that the configuration names. */
final class PasswordSetting {
    private static final int BYTES_MAX = 4096;

    private final ConfigFile file;
    private final ConfigSection section;

    PasswordSetting(ConfigFile file, ConfigSection section) {
        this.file = file;
        this.section = section;
    }

    /** Says so if everybody on the machine may read the configuration file, in which {@code key} holds a secret. */
    void isAllowedIn(String key) {
        if (file.isReadableByEverybody()) {
            section.error(
                    key,
                    "holds a password, but everybody may read this file: chmod o-r it, or put the password in a file of its own"
                            + " and name that with password_file");
        }
    }

    /** @return empty if the section has no such key, or its file cannot be used, which is then noted */
    Optional<String> ofFile() {
        if (!section.has("password_file")) {
            return Optional.empty();
        }
        String read = section.parsed("password_file", "", text -> read(new ConfigFile(file.resolve(text))));
        return read.isEmpty() ? Optional.empty() : Optional.of(read);
    }

    private static String read(ConfigFile secret) {
        String text;
        try {
            text = secret.text(BYTES_MAX).strip();
        } catch (InvalidConfig e) {
            throw new IllegalArgumentException("cannot be used: " + e.getMessage(), e);
        }
        if (secret.isReadableByEverybody()) {
            throw new IllegalArgumentException("names a file that everybody may read: chmod o-r " + secret.path());
        }
        if (text.isEmpty() || text.lines().count() > 1) {
            throw new IllegalArgumentException("must name a file that holds one line: " + secret.path());
        }
        return text;
    }
}
