package io.gerve.testbed.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Key pairs in a folder, which ssh-keygen generates. */
public final class SshKeys {
    private final Path folder;

    SshKeys(Path folder) {
        this.folder = folder;
    }

    /**
     * Generates a key pair.
     *
     * @param name the name of the file
     * @param kind options of ssh-keygen: {@code -t rsa -b 3072}
     * @return the file of the private key; that of the public key has the suffix {@code .pub}
     */
    public Path create(String name, String... kind) throws IOException, InterruptedException {
        Path file = folder.resolve(name);
        var command = new ArrayList<>(List.of("ssh-keygen", "-q", "-N", "", "-C", name, "-f", file.toString()));
        command.addAll(List.of(kind));
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IOException("Cannot generate a key: " + String.join(" ", command));
        }
        return file;
    }

    /** Returns the public key: {@code ssh-ed25519 AAAA… comment}. */
    public static String publicKey(Path privateKey) throws IOException {
        return Files.readString(publicKeyFile(privateKey)).strip();
    }

    public static Path publicKeyFile(Path privateKey) {
        return privateKey.resolveSibling(privateKey.getFileName() + ".pub");
    }
}
