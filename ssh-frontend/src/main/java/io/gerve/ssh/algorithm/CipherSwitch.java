package io.gerve.ssh.algorithm;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.sshd.common.kex.KexProposalOption;

/**
 * Switch of long transfers to AES-GCM. Among the ciphers that both sides support, the client's order decides (RFC 4253,
 * section 7.1), and OpenSSH before 10.0 prefers AES-CTR with a MAC, which costs the frontend twice the processor time.
 * When a connection has moved {@link #BYTES} with AES-CTR and the client also supports AES-GCM, the frontend starts a
 * key re-exchange and proposes AES-GCM only.
 *
 * <p>Applies to OpenSSH only, which is known to handle a key re-exchange in the middle of a transfer. Each connection
 * has its own instance. Safe for use by many threads.
 */
public final class CipherSwitch {
    /** For this many bytes, the extra cost of AES-CTR over AES-GCM equals the cost of a key re-exchange. */
    public static final long BYTES = 8 << 20;

    private static final String OPENSSH = "SSH-2.0-OpenSSH_";
    private static final List<KexProposalOption> CIPHERS = List.of(KexProposalOption.C2SENC, KexProposalOption.S2CENC);

    private final List<String> gcm;
    private volatile boolean possible;
    private volatile boolean wanted;

    /** @param ciphers the ciphers that the frontend offers */
    public CipherSwitch(List<String> ciphers) {
        this.gcm = ciphers.stream().filter(SshAlgorithms.GCM::contains).toList();
    }

    /**
     * Records the result of a key exchange.
     *
     * @param version the client's identification string
     * @param proposed the client's proposal
     * @param agreed the negotiated algorithms
     */
    public void agreed(String version, Map<KexProposalOption, String> proposed, Map<KexProposalOption, String> agreed) {
        possible = version.startsWith(OPENSSH)
                && CIPHERS.stream()
                        .allMatch(direction -> Stream.of(
                                        proposed.getOrDefault(direction, "").split(","))
                                .anyMatch(gcm::contains));
        wanted = possible && CIPHERS.stream().anyMatch(direction -> !gcm.contains(agreed.getOrDefault(direction, "")));
    }

    /**
     * Returns whether the connection should exchange keys to switch to AES-GCM.
     *
     * @param bytes the bytes since the last key exchange, in the direction that moved more
     */
    public boolean isDue(long bytes) {
        return wanted && bytes > BYTES;
    }

    /**
     * Returns the proposal with AES-GCM as its only ciphers if the client is known to support them, otherwise the
     * proposal unchanged.
     */
    public Map<KexProposalOption, String> restricted(Map<KexProposalOption, String> proposal) {
        if (!possible) {
            return proposal;
        }
        Map<KexProposalOption, String> restricted = new EnumMap<>(proposal);
        CIPHERS.forEach(direction -> restricted.put(direction, String.join(",", gcm)));
        return restricted;
    }
}
