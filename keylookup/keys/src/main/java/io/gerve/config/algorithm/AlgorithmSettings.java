package io.gerve.config.algorithm;

import java.util.List;

/**
 * Algorithms that the SSH frontend offers, by their SSH names. Each list is in descending order of preference and has
 * at least one name.
 *
 * @param kexAlgorithms key exchanges
 * @param hostKeyAlgorithms signatures by which the frontend can prove its host keys; it offers those for which it has a
 *     key
 */
public record AlgorithmSettings(
        List<String> kexAlgorithms, List<String> ciphers, List<String> macs, List<String> hostKeyAlgorithms) {
    public AlgorithmSettings {
        kexAlgorithms = List.copyOf(kexAlgorithms);
        ciphers = List.copyOf(ciphers);
        macs = List.copyOf(macs);
        hostKeyAlgorithms = List.copyOf(hostKeyAlgorithms);
    }

    /** Returns the default lists of a profile. */
    public static AlgorithmSettings of(AlgorithmProfile profile) {
        return new AlgorithmSettings(
                AlgorithmList.KEX_ALGORITHMS.defaults(profile),
                AlgorithmList.CIPHERS.defaults(profile),
                AlgorithmList.MACS.defaults(profile),
                AlgorithmList.HOST_KEY_ALGORITHMS.defaults(profile));
    }
}
