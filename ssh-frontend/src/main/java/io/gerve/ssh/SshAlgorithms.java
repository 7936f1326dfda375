package io.gerve.ssh;

import io.gerve.keylookup.key.KeyAlgorithm;
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

/** What is offered to clients, best first: nothing that ssh-audit warns of (RATIONALE.md, "Algorithms"). */
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

    /** By their names on the wire. */
    static final List<String> GCM = List.of(BuiltinCiphers.aes128gcm.getName(), BuiltinCiphers.aes256gcm.getName());

    private static final List<BuiltinMacs> MACS = List.of(BuiltinMacs.hmacsha256etm, BuiltinMacs.hmacsha512etm);

    /** For host keys as well as for people's; a client learns of the list before it picks one for its RSA key (RFC 8308, 3.1). */
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
     * What checks a user's signature.
     *
     * @param name of the signature algorithm, as the client declares it
     * @return empty unless keys of that type sign by that name: {@code ssh-rsa}, which is SHA-1, is the name of none (RFC 8332)
     */
    static Optional<Signature> verifier(KeyAlgorithm key, String name) {
        boolean agree = key == KeyAlgorithm.RSA
                ? name.equals(BuiltinSignatures.rsaSHA256.getName())
                        || name.equals(BuiltinSignatures.rsaSHA512.getName())
                : name.equals(key.wireName());
        return agree
                ? SIGNATURES.stream()
                        .filter(s -> s.getName().equals(name))
                        .findFirst()
                        .map(BuiltinSignatures::create)
                : Optional.empty();
    }
}
