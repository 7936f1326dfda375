package io.gerve.sql;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

/** Certificates of the authorities that Gerve trusts when it connects to a server over TLS. */
public sealed interface Truststore {
    /**
     * Returns a file as truststore.
     *
     * @throws IllegalArgumentException if the file cannot be opened with the password; the message begins with a verb
     */
    static Truststore ofFile(Path file, String password) {
        try {
            KeyStore.getInstance(file.toFile(), password.toCharArray());
            return new OfFile(file, password);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "names a truststore that cannot be opened, perhaps because truststore_password_file is missing or"
                            + " has another password: " + e.getMessage(),
                    e);
        }
    }

    /** The certificates that Java trusts. */
    record OfJava() implements Truststore {}

    /**
     * A key store in Java's or in the PKCS #12 format.
     *
     * @param password empty if the file has none
     */
    record OfFile(Path file, String password) implements Truststore {
        /** Returns the path without the password. */
        @Override
        public String toString() {
            return "OfFile[file=" + file + ", password=(hidden)]";
        }
    }
}
