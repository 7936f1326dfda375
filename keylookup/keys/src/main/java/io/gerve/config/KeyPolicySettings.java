package io.gerve.config;

import java.nio.file.Path;
import java.util.List;

/**
 * Settings of the key policy, part of the {@code [keylookup]} section.
 *
 * @param rsaBitsMin minimum size of an RSA key that can be registered; 2048 to 8192
 * @param rsaBitsRecommended size below which an RSA key is registered with a warning; {@code rsaBitsMin} to 8192
 * @param registeredWeakKeys treatment of registered keys that violate a rule
 * @param compromisedKeys files that list compromised keys, in addition to the list that Gerve includes
 */
public record KeyPolicySettings(
        int rsaBitsMin, int rsaBitsRecommended, WeakKeys registeredWeakKeys, List<Path> compromisedKeys) {
    /** Smallest size of an RSA key that Gerve can read. */
    private static final int READABLE_RSA_BITS_MIN = 2048;

    /** Largest size of an RSA key that Gerve can read. */
    private static final int READABLE_RSA_BITS_MAX = 8192;

    /** Treatment of a weak key at login. A compromised key is always refused. */
    public enum WeakKeys {
        WARN,
        REFUSE
    }

    public KeyPolicySettings {
        compromisedKeys = List.copyOf(compromisedKeys);
        SettingRange.atLeast("keylookup.rsa_bits_min", rsaBitsMin, READABLE_RSA_BITS_MIN);
        SettingRange.atMost("keylookup.rsa_bits_min", rsaBitsMin, READABLE_RSA_BITS_MAX);
        SettingRange.atLeast("keylookup.rsa_bits_recommended", rsaBitsRecommended, rsaBitsMin);
        SettingRange.atMost("keylookup.rsa_bits_recommended", rsaBitsRecommended, READABLE_RSA_BITS_MAX);
    }
}
