package io.gerve.config.algorithm;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One kind of SSH algorithm: the names that the frontend supports, and those that it offers by default. Each list is in
 * descending order of preference. Other names, such as those of algorithms with SHA-1, CBC or a small group, cannot be
 * configured.
 */
public final class AlgorithmList {
    public static final AlgorithmList KEX_ALGORITHMS = new AlgorithmList(
            List.of(
                    "mlkem768x25519-sha256",
                    "sntrup761x25519-sha512",
                    "sntrup761x25519-sha512@openssh.com",
                    "curve25519-sha256",
                    "curve25519-sha256@libssh.org"),
            List.of("ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521"),
            List.of("diffie-hellman-group16-sha512", "diffie-hellman-group14-sha256"));

    public static final AlgorithmList CIPHERS = new AlgorithmList(
            List.of("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes256-ctr", "aes192-ctr", "aes128-ctr"),
            List.of(),
            List.of("chacha20-poly1305@openssh.com"));

    public static final AlgorithmList MACS = new AlgorithmList(
            List.of("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"),
            List.of("hmac-sha2-256", "hmac-sha2-512"),
            List.of());

    public static final AlgorithmList HOST_KEY_ALGORITHMS = new AlgorithmList(
            List.of("ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256"),
            List.of("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
            List.of());

    private final List<String> strict;
    private final List<String> compatible;
    private final List<String> supported;

    private AlgorithmList(List<String> strict, List<String> more, List<String> optional) {
        this.strict = strict;
        this.compatible = Stream.concat(strict.stream(), more.stream()).toList();
        this.supported = Stream.concat(compatible.stream(), optional.stream()).toList();
    }

    /** Returns every name that can be configured. */
    public List<String> supported() {
        return supported;
    }

    /** Returns the names that the frontend offers unless they are configured. */
    public List<String> defaults(AlgorithmProfile profile) {
        return switch (profile) {
            case COMPATIBLE -> compatible;
            case STRICT -> strict;
        };
    }

    /**
     * Reads a list in the syntax of OpenSSH's {@code sshd_config}: names separated by commas, which replace the
     * defaults; or after {@code +} names to append to the defaults, after {@code -} names or patterns to remove from
     * them, after {@code ^} names to put before them.
     *
     * @throws IllegalArgumentException if a name is not supported, a pattern matches no supported name, or no name is
     *     left; the message follows the name of the setting
     */
    public List<String> parse(AlgorithmProfile profile, String text) {
        List<String> defaults = defaults(profile);
        String names = text.isEmpty() ? "" : text.substring(1);
        Set<String> chosen = switch (text.isEmpty() ? ' ' : text.charAt(0)) {
            case '+' -> joined(defaults, names(names));
            case '^' -> joined(names(names), defaults);
            case '-' -> without(defaults, names);
            default -> joined(names(text), List.of());
        };
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("must leave at least one algorithm");
        }
        return List.copyOf(chosen);
    }

    private static Set<String> joined(List<String> first, List<String> second) {
        Set<String> all = new LinkedHashSet<>(first);
        all.addAll(second);
        return all;
    }

    private List<String> names(String text) {
        List<String> names = split(text);
        for (String name : names) {
            if (!supported.contains(name)) {
                throw unsupported(name);
            }
        }
        return names;
    }

    private Set<String> without(List<String> defaults, String patterns) {
        Set<String> left = new LinkedHashSet<>(defaults);
        for (String pattern : split(patterns)) {
            Pattern compiled = compile(pattern);
            if (supported.stream().noneMatch(compiled.asMatchPredicate())) {
                throw unsupported(pattern);
            }
            left.removeIf(compiled.asMatchPredicate());
        }
        return left;
    }

    /** Compiles a pattern in which {@code *} stands for any text and {@code ?} for any character. */
    private static Pattern compile(String pattern) {
        return Pattern.compile(pattern.chars()
                .mapToObj(c -> switch (c) {
                    case '*' -> ".*";
                    case '?' -> ".";
                    default -> Pattern.quote(Character.toString(c));
                })
                .collect(Collectors.joining()));
    }

    private static List<String> split(String text) {
        return Arrays.asList(text.split(",", -1));
    }

    private IllegalArgumentException unsupported(String name) {
        return new IllegalArgumentException(
                "has the unknown algorithm \"" + name + "\"; supported are " + String.join(", ", supported));
    }
}
