package io.gerve.ssh.algorithm;

import io.gerve.config.algorithm.AlgorithmSettings;
import io.gerve.keylookup.key.KeyAlgorithm;
import io.gerve.ssh.ntruprime.Sntrup761X25519;
import java.security.KeyPair;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.compression.Compression;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.mac.Mac;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;

/**
 * MINA's implementations of the algorithms that can be configured, by their SSH names (RATIONALE.md, "Algorithms").
 */
public final class SshAlgorithms {
    private static final List<DHFactory> KEY_EXCHANGES = List.of(
            BuiltinDHFactories.mlkem768x25519,
            new Sntrup761X25519(BuiltinDHFactories.sntrup761x25519),
            new Sntrup761X25519(BuiltinDHFactories.sntrup761x25519_openssh),
            BuiltinDHFactories.curve25519,
            BuiltinDHFactories.curve25519_libssh,
            BuiltinDHFactories.ecdhp256,
            BuiltinDHFactories.ecdhp384,
            BuiltinDHFactories.ecdhp521,
            BuiltinDHFactories.dhg16_512,
            BuiltinDHFactories.dhg14_256);

    private static final List<BuiltinCiphers> CIPHERS = List.of(
            BuiltinCiphers.aes128gcm,
            BuiltinCiphers.aes256gcm,
            BuiltinCiphers.aes256ctr,
            BuiltinCiphers.aes192ctr,
            BuiltinCiphers.aes128ctr,
            BuiltinCiphers.cc20p1305_openssh);

    /** SSH names of the AES-GCM ciphers. */
    static final List<String> GCM = List.of(BuiltinCiphers.aes128gcm.getName(), BuiltinCiphers.aes256gcm.getName());

    private static final List<BuiltinMacs> MACS = List.of(
            BuiltinMacs.hmacsha256etm, BuiltinMacs.hmacsha512etm, BuiltinMacs.hmacsha256, BuiltinMacs.hmacsha512);

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

    public static void applyTo(SshServer server, AlgorithmSettings settings) {
        server.setKeyExchangeFactories(List.<KeyExchangeFactory>copyOf(
                keyExchanges(settings).stream().map(ServerBuilder.DH2KEX).toList()));
        server.setCipherFactories(List.<NamedFactory<Cipher>>copyOf(named(settings.ciphers(), CIPHERS)));
        server.setMacFactories(List.<NamedFactory<Mac>>copyOf(named(settings.macs(), MACS)));
        server.setSignatureFactories(List.<NamedFactory<Signature>>copyOf(SIGNATURES));
        server.setCompressionFactories(List.<NamedFactory<Compression>>of(BuiltinCompressions.none));
    }

    public static List<DHFactory> keyExchanges(AlgorithmSettings settings) {
        return named(settings.kexAlgorithms(), KEY_EXCHANGES);
    }

    /** Returns the signature algorithms that can prove the host key: two for RSA, one for others. */
    static List<BuiltinSignatures> signatures(KeyPair hostKey) {
        return KeyPairProvider.SSH_RSA.equals(KeyUtils.getKeyType(hostKey))
                ? List.of(BuiltinSignatures.rsaSHA512, BuiltinSignatures.rsaSHA256)
                : named(List.of(KeyUtils.getKeyType(hostKey)), SIGNATURES);
    }

    private static <T extends NamedResource> List<T> named(List<String> names, List<T> algorithms) {
        return names.stream()
                .map(name -> algorithms.stream()
                        .filter(algorithm -> algorithm.getName().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("No implementation of " + name)))
                .toList();
    }

    /**
     * Returns the verifier for a user's signature.
     *
     * @param key the type of the user's key
     * @param name the signature algorithm that the client declares
     * @return empty if keys of that type cannot sign with that algorithm; {@code ssh-rsa}, which uses SHA-1, is never
     *     accepted (RFC 8332)
     */
    public static Optional<Signature> verifier(KeyAlgorithm key, String name) {
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
