package io.gerve.routing;

import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.PublicKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.List;

/** Hosts of file servers with new keys; nothing connects to them. */
final class TestHosts {
    static final Actor OPERATOR = new Actor("operator", "cli");

    private TestHosts() {}

    static FileServerHost host(String name) {
        return new FileServerHost(name, name + ".example", 22, key());
    }

    static Route route(String server, String... hosts) {
        return new Route(server, Arrays.stream(hosts).map(TestHosts::host).toList());
    }

    static List<String> names(Route route) {
        return route.hosts().stream().map(FileServerHost::name).toList();
    }

    private static PublicKey key() {
        try {
            byte[] encoded = KeyPairGenerator.getInstance("Ed25519")
                    .generateKeyPair()
                    .getPublic()
                    .getEncoded();
            byte[] name = "ssh-ed25519".getBytes(StandardCharsets.US_ASCII);
            ByteBuffer blob = ByteBuffer.allocate(4 + name.length + 4 + 32);
            blob.putInt(name.length).put(name).putInt(32).put(encoded, encoded.length - 32, 32);
            return PublicKey.ofBlob(blob.array());
        } catch (GeneralSecurityException | InvalidKey e) {
            throw new IllegalStateException(e);
        }
    }
}
