package io.gerve.sql.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/**
 * Certificates for servers of tests, in the resources of this package: {@code server} and {@code expired} are for the
 * address 127.0.0.1 and the key {@code server-key.pem}, and {@code authority.p12} trusts their authority.
 */
public final class TlsFiles {
    /** Password of each {@code .p12} file. */
    public static final String PASSWORD = "authority";

    private TlsFiles() {}

    /** Copies a file to the folder. */
    public static Path copy(String name, Path folder) throws IOException {
        try (InputStream resource = TlsFiles.class.getResourceAsStream(name)) {
            Path file = folder.resolve(name);
            Files.copy(Objects.requireNonNull(resource, name), file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        }
    }
}
