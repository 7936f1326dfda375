package io.gerve.ssh;

import io.gerve.keylookup.key.Fingerprint;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.util.security.SecurityUtils;

/** Key pair that ssh-keygen generated. */
public record SshKey(Path file) {
    /** @param type the type and size as arguments of ssh-keygen: {@code ed25519}, {@code rsa -b 3072} */
    public static SshKey generate(Path home, String name, String type) throws Exception {
        Path file = home.resolve(name);
        List<String> command =
                new ArrayList<>(List.of("ssh-keygen", "-q", "-N", "", "-C", "", "-f", file.toString(), "-t"));
        command.addAll(List.of(type.split(" ", -1)));
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("ssh-keygen failed");
        }
        return new SshKey(file);
    }

    byte[] blob() throws Exception {
        return Base64.getDecoder()
                .decode(Files.readString(Path.of(file + ".pub"))
                        .split(" ", -1)[1]
                        .strip());
    }

    public Fingerprint fingerprint() throws Exception {
        return Fingerprint.ofBlob(blob());
    }

    public KeyPair pair() throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            return SecurityUtils.loadKeyPairIdentities(
                            null, NamedResource.ofName(file.toString()), in, FilePasswordProvider.EMPTY)
                    .iterator()
                    .next();
        }
    }
}
