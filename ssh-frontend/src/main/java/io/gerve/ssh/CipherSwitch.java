package io.gerve.ssh;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.sshd.common.kex.KexProposalOption;

/**
 * Has long transfers use AES-GCM. Between ciphers that both sides have, the client's order decides (RFC 4253, section 7.1), and OpenSSH
 * before 10.0 puts AES-CTR with a MAC first, which costs twice as much of the processor here. So when a connection has moved much that way, and
 * the client has AES-GCM too, the keys are changed, and nothing else is proposed then.
 *
 * <p>For OpenSSH alone: it is known to bear a change of keys in the middle of a transfer. Used by one connection; safe for use by many threads.
 */
final class CipherSwitch {
    /** AES-CTR for so many bytes costs about as much more than AES-GCM as a change of keys does. */
    static final long BYTES = 8 << 20;

    private static final String OPENSSH = "SSH-2.0-OpenSSH_";
    private static final List<KexProposalOption> CIPHERS = List.of(KexProposalOption.C2SENC, KexProposalOption.S2CENC);

    private volatile boolean possible;
    private volatile boolean wanted;

    /**
     * Takes note of what a key exchange came to.
     *
     * @param version the client's identification string
     * @param proposed by the client
     */
    void agreed(String version, Map<KexProposalOption, String> proposed, Map<KexProposalOption, String> agreed) {
        possible = version.startsWith(OPENSSH)
                && CIPHERS.stream()
                        .allMatch(direction -> Stream.of(
                                        proposed.getOrDefault(direction, "").split(","))
                                .anyMatch(SshAlgorithms.GCM::contains));
        wanted = possible
                && CIPHERS.stream()
                        .anyMatch(direction -> !SshAlgorithms.GCM.contains(agreed.getOrDefault(direction, "")));
    }

    /** @param bytes in the direction that moved more, since the keys were changed last */
    boolean isDue(long bytes) {
        return wanted && bytes > BYTES;
    }

    /** @return the proposal with no other ciphers than AES-GCM in it, if the client is known to have that */
    Map<KexProposalOption, String> restricted(Map<KexProposalOption, String> proposal) {
        if (!possible) {
            return proposal;
        }
        Map<KexProposalOption, String> restricted = new EnumMap<>(proposal);
        CIPHERS.forEach(direction -> restricted.put(direction, String.join(",", SshAlgorithms.GCM)));
        return restricted;
    }
}
