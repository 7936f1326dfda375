package io.gerve.config;

import java.nio.file.Path;
import java.util.List;

/**
 * What is asked of keys beyond being whole: a part of the file's {@code [keylookup]}.
 *
 * @param rsaBitsMin shorter RSA keys are not registered
 * @param rsaBitsRecommended shorter RSA keys are registered with a warning
 * @param registeredWeakKeys what becomes of keys that were registered before they broke a rule
 * @param compromisedKeys files of keys that nobody may use, beside those that Gerve knows of
 */
public record KeyPolicySettings(
        int rsaBitsMin, int rsaBitsRecommended, WeakKeys registeredWeakKeys, List<Path> compromisedKeys) {
    /** What Gerve reads at all. */
    private static final int RSA_BITS_LEAST = 2048;

    private static final int RSA_BITS_MOST = 8192;

    /** What becomes of a weak key at login. A compromised one is refused in any case. */
    public enum WeakKeys {
        WARN,
        REFUSE
    }

    public KeyPolicySettings {
        compromisedKeys = List.copyOf(compromisedKeys);
        SettingRange.atLeast("keylookup.rsa_bits_min", rsaBitsMin, RSA_BITS_LEAST);
        SettingRange.atMost("keylookup.rsa_bits_min", rsaBitsMin, RSA_BITS_MOST);
        SettingRange.atLeast("keylookup.rsa_bits_recommended", rsaBitsRecommended, rsaBitsMin);
        SettingRange.atMost("keylookup.rsa_bits_recommended", rsaBitsRecommended, RSA_BITS_MOST);
    }
}
