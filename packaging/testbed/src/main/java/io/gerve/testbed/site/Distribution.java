package io.gerve.testbed.site;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Assembled distribution of Gerve.
 *
 * @param home the folder with {@code bin}, {@code lib} and {@code share}
 */
public record Distribution(Path home) {
    public Distribution {
        if (!Files.isExecutable(home.resolve("bin/gerve"))) {
            throw new IllegalArgumentException("No distribution of Gerve in " + home);
        }
    }

    /** @param name {@code gerve}, {@code gerve-frontend}, {@code gerve-keylookup} */
    public Path program(String name) {
        return home.resolve("bin").resolve(name);
    }

    public Path fileServerShare() {
        return home.resolve("share/file-server");
    }
}
