package io.gerve.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Hash of the value of each setting, by the name of the setting. Two programs can compare their settings by it without
 * showing them. Settings that hold a secret are not among them, since a short secret can be guessed from its hash.
 */
public record SettingHashes(SortedMap<String, String> byName) {
    private static final int HASH_BYTES = 8;
    private static final Pattern LINE = Pattern.compile("([a-z_]+\\.[a-z_]+) ([0-9a-f]{16})");

    public SettingHashes {
        byName = new TreeMap<>(byName);
    }

    /** @param values by name; none of them is a secret */
    static SettingHashes of(Map<String, String> values) {
        SortedMap<String, String> hashes = new TreeMap<>();
        values.forEach((name, value) -> hashes.put(name, hash(name, value)));
        return new SettingHashes(hashes);
    }

    /** Returns these hashes with that of another value, or without that of the setting if there is no value. */
    public SettingHashes with(String name, Optional<String> value) {
        SortedMap<String, String> changed = new TreeMap<>(byName);
        changed.remove(name);
        value.ifPresent(present -> changed.put(name, hash(name, present)));
        return new SettingHashes(changed);
    }

    /** Returns the names of the settings that both have with different values. */
    public List<String> differingFrom(SettingHashes other) {
        return byName.entrySet().stream()
                .filter(setting -> other.byName.containsKey(setting.getKey()))
                .filter(setting -> !setting.getValue().equals(other.byName.get(setting.getKey())))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Returns the hashes as lines of a name and a hash. */
    public String text() {
        return byName.entrySet().stream()
                .map(setting -> setting.getKey() + " " + setting.getValue() + "\n")
                .collect(Collectors.joining());
    }

    /** Parses {@link #text}. Lines of another form are left out. */
    public static SettingHashes parse(String text) {
        SortedMap<String, String> hashes = new TreeMap<>();
        text.lines()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .forEach(line -> hashes.put(line.group(1), line.group(2)));
        return new SettingHashes(hashes);
    }

    private static String hash(String name, String value) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest((name + "=" + value).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
