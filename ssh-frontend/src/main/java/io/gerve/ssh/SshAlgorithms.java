package io.gerve.ssh;

import io.gerve.keylookup.key.KeyAlgorithm;
import io.gerve.ssh.ntruprime.Sntrup761X25519;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.compression.Compression;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.mac.Mac;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;

/**
 * Algorithms that the frontend offers, in order of preference. It offers none that ssh-audit warns about (RATIONALE.md,
 * "Algorithms").
 */
final class SshAlgorithms {
    static final List<DHFactory> KEY_EXCHANGES = List.of(
            BuiltinDHFactories.mlkem768x25519,
            new Sntrup761X25519(BuiltinDHFactories.sntrup761x25519),
            new Sntrup761X25519(BuiltinDHFactories.sntrup761x25519_openssh),
            BuiltinDHFactories.curve25519,
            BuiltinDHFactories.curve25519_libssh);

    private static final List<BuiltinCiphers> CIPHERS = List.of(
            BuiltinCiphers.aes128gcm,
            BuiltinCiphers.aes256gcm,
            BuiltinCiphers.aes256ctr,
            BuiltinCiphers.aes192ctr,
            BuiltinCiphers.aes128ctr);

    /** SSH names of the AES-GCM ciphers. */
    static final List<String> GCM = List.of(BuiltinCiphers.aes128gcm.getName(), BuiltinCiphers.aes256gcm.getName());

    private static final List<BuiltinMacs> MACS = List.of(BuiltinMacs.hmacsha256etm, BuiltinMacs.hmacsha512etm);

    /**
     * Signature algorithms of host keys and user keys. A client receives the list before it chooses an algorithm for
     * its RSA key (RFC 8308, section 3.1).
     */
    private static final List<BuiltinSignatures> SIGNATURES = List.of(
            BuiltinSignatures.ed25519,
            BuiltinSignatures.sk_ssh_ed25519,
            BuiltinSignatures.nistp256,
            BuiltinSignatures.nistp384,
            BuiltinSignatures.nistp521,
            BuiltinSignatures.sk_ecdsa_sha2_nistp256,
            BuiltinSignatures.rsaSHA512,
            BuiltinSignatures.rsaSHA256);

    private SshAlgorithms() {}

    static void applyTo(SshServer server) {
        server.setKeyExchangeFactories(List.<KeyExchangeFactory>copyOf(
                KEY_EXCHANGES.stream().map(ServerBuilder.DH2KEX).toList()));
        server.setCipherFactories(List.<NamedFactory<Cipher>>copyOf(CIPHERS));
        server.setMacFactories(List.<NamedFactory<Mac>>copyOf(MACS));
        server.setSignatureFactories(List.<NamedFactory<Signature>>copyOf(SIGNATURES));
        server.setCompressionFactories(List.<NamedFactory<Compression>>of(BuiltinCompressions.none));
    }

    /**
     * Returns the verifier for a user's signature.
     *
     * @param key the type of the user's key
     * @param name the signature algorithm that the client declares
     * @return empty if keys of that type cannot sign with that algorithm; {@code ssh-rsa}, which uses SHA-1, is never
     *     accepted (RFC 8332)
     */
    static Optional<Signature> verifier(KeyAlgorithm key, String name) {
        boolean matches = key == KeyAlgorithm.RSA
                ? name.equals(BuiltinSignatures.rsaSHA256.getName())
                        || name.equals(BuiltinSignatures.rsaSHA512.getName())
                : name.equals(key.wireName());
        return matches
                ? SIGNATURES.stream()
                        .filter(s -> s.getName().equals(name))
                        .findFirst()
                        .map(BuiltinSignatures::create)
                : Optional.empty();
    }
}
