package io.gerve.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Settings of sshd and git that packaging/file-server/setup writes on each host, from the same files. */
final class SetupSettings {
    private SetupSettings() {}

    /**
     * Returns the lines of sshd's settings, without comments.
     *
     * @param user the account of the gates
     */
    static List<String> sshd(String user) {
        return lines("sshd_config.d-gerve.conf").stream()
                .map(line -> line.replace("@USER@", user))
                .toList();
    }

    /** Returns the values of git's settings by their names in lower case: {@code core.fsync}. */
    static Map<String, String> git() {
        Map<String, String> settings = new LinkedHashMap<>();
        String section = "";
        for (String line : lines("gitconfig")) {
            if (line.startsWith("[")) {
                // [receive "fsck"] is the section receive.fsck.
                section =
                        line.substring(1, line.length() - 1).replace(" \"", ".").replace("\"", "");
            } else {
                String[] setting = line.split("\\s*=\\s*", 2);
                settings.put((section + "." + setting[0]).toLowerCase(Locale.ROOT), setting[1]);
            }
        }
        return settings;
    }

    private static List<String> lines(String name) {
        try (var file = SetupSettings.class.getResourceAsStream("file-server/" + name)) {
            if (file == null) {
                throw new IllegalStateException("the program lacks its file " + name);
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
