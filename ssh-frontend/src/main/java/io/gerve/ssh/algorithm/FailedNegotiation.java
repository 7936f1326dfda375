package io.gerve.ssh.algorithm;

import io.gerve.logging.TextEscaper;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.common.kex.KexProposalOption;

/**
 * Key exchange that failed because client and frontend have no algorithm of one kind in common.
 *
 * @param part the first such kind, as {@code gerve_negotiations_failed_total} names it
 * @param offered the client's algorithms of that kind, as the client sent them
 */
public record FailedNegotiation(String part, List<String> offered) {
    private static final Map<KexProposalOption, String> PARTS = parts();
    private static final int VERSION_MAX = 40;
    private static final int OFFERED_MAX = 120;

    public FailedNegotiation {
        offered = List.copyOf(offered);
    }

    /** Returns the failure that follows from the two proposals, or empty if each kind has an algorithm in common. */
    public static Optional<FailedNegotiation> of(
            Map<KexProposalOption, String> client, Map<KexProposalOption, String> frontend) {
        for (Map.Entry<KexProposalOption, String> part : PARTS.entrySet()) {
            List<String> offered = names(client, part.getKey());
            if (Collections.disjoint(offered, names(frontend, part.getKey()))) {
                return Optional.of(new FailedNegotiation(part.getValue(), offered));
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the message for the client and the access log, at most 255 characters.
     *
     * @param version the client's identification string
     */
    public String message(String version) {
        return TextEscaper.truncate(
                "No common algorithm of the kind " + part + ": " + TextEscaper.excerpt(version, VERSION_MAX)
                        + " offers " + TextEscaper.excerpt(String.join(",", offered), OFFERED_MAX),
                255);
    }

    private static Map<KexProposalOption, String> parts() {
        Map<KexProposalOption, String> parts = new EnumMap<>(KexProposalOption.class);
        parts.put(KexProposalOption.ALGORITHMS, "key_exchange");
        parts.put(KexProposalOption.SERVERKEYS, "host_key");
        parts.put(KexProposalOption.C2SENC, "cipher");
        parts.put(KexProposalOption.S2CENC, "cipher");
        parts.put(KexProposalOption.C2SMAC, "mac");
        parts.put(KexProposalOption.S2CMAC, "mac");
        parts.put(KexProposalOption.C2SCOMP, "compression");
        parts.put(KexProposalOption.S2CCOMP, "compression");
        return Collections.unmodifiableMap(parts);
    }

    private static List<String> names(Map<KexProposalOption, String> proposal, KexProposalOption option) {
        return Arrays.asList(proposal.getOrDefault(option, "").split(",", -1));
    }
}
