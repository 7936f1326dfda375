package io.gerve.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * One section of the configuration file. A key becomes known when the reader requests it. For an invalid value, the
 * section records an error and returns the default, so that reading continues and finds further errors.
 */
final class ConfigSection {
    private final String name;
    private final TomlTable table;
    private final @Nullable TomlPosition position;
    private final ConfigErrors errors;
    private final Set<String> knownKeys = new LinkedHashSet<>();
    private final Set<String> invalidKeys = new HashSet<>();
    private final Map<String, String> values = new HashMap<>();

    /** @param position position of the section's header; null if the file does not have the section */
    ConfigSection(String name, TomlTable table, @Nullable TomlPosition position, ConfigErrors errors) {
        this.name = name;
        this.table = table;
        this.position = position;
        this.errors = errors;
    }

    /** Returns every key that the reader requested, as {@code section.key}. */
    List<String> knownKeys() {
        return knownKeys.stream().map(key -> name + "." + key).toList();
    }

    /** Returns the text of each setting that was read, by {@code section.key}. Some are secrets. */
    Map<String, String> values() {
        return Map.copyOf(values);
    }

    /** Returns the keys in the file that the reader did not request. */
    List<String> unknownKeys() {
        return table.keySet().stream().filter(key -> !knownKeys.contains(key)).toList();
    }

    boolean has(String key) {
        knownKeys.add(key);
        return table.contains(List.of(key));
    }

    @Nullable
    TomlPosition positionOf(String key) {
        return table.contains(List.of(key)) ? table.inputPositionOf(List.of(key)) : position;
    }

    /**
     * Records an error of a key. Only the first error of each key is reported.
     *
     * @param message text that follows the key's name in the error message
     */
    void error(String key, String message) {
        if (invalidKeys.add(key)) {
            errors.add(positionOf(key), name + "." + key + " " + message);
        }
    }

    /** Reads a setting without a default. Records an error if the key is missing. */
    <T> T required(String key, String example, Function<String, T> setting) {
        T value = setting.apply(key);
        if (!has(key)) {
            error(key, "is missing; for example: " + key + " = " + example);
        }
        return value;
    }

    String text(String key, String defaultValue) {
        return value(key, defaultValue, "a string in quotation marks", String.class, text -> text);
    }

    /**
     * Reads a string setting and parses it.
     *
     * @param parser throws an IllegalArgumentException whose message follows the key's name: "must be …"
     */
    <T> T parsed(String key, T defaultValue, Function<String, T> parser) {
        return value(key, defaultValue, "a string in quotation marks", String.class, parser);
    }

    int number(String key, int defaultValue) {
        return value(key, defaultValue, "a whole number like " + defaultValue, Long.class, number -> {
            if (number < 0 || number > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("must be 0 to " + Integer.MAX_VALUE + ", not " + number);
            }
            return number.intValue();
        });
    }

    Duration duration(String key, Duration defaultValue) {
        String expected = "a time like \"" + Durations.text(defaultValue) + "\", with the unit ms, s, m, h or d";
        return value(
                key,
                defaultValue,
                expected,
                String.class,
                text -> Durations.parse(text)
                        .orElseThrow(
                                () -> new IllegalArgumentException("must be " + expected + ", not \"" + text + "\"")));
    }

    boolean flag(String key, boolean defaultValue) {
        return value(key, defaultValue, "true or false", Boolean.class, flag -> flag);
    }

    <E extends Enum<E>> E oneOf(String key, E defaultValue) {
        String choices = Stream.of(defaultValue.getDeclaringClass().getEnumConstants())
                .map(constant -> '"' + label(constant) + '"')
                .collect(Collectors.joining(" or "));
        return value(
                key,
                defaultValue,
                choices,
                String.class,
                text -> Stream.of(defaultValue.getDeclaringClass().getEnumConstants())
                        .filter(constant -> label(constant).equals(text))
                        .findAny()
                        .orElseThrow(
                                () -> new IllegalArgumentException("must be " + choices + ", not \"" + text + "\"")));
    }

    <T> List<T> list(String key, Function<String, T> parser) {
        String expected = "a list of strings: [\"…\", \"…\"]";
        return value(key, List.of(), expected, TomlArray.class, array -> {
            var values = new ArrayList<T>();
            for (Object element : array.toList()) {
                if (!(element instanceof String text)) {
                    throw new IllegalArgumentException("must be " + expected + ", but contains " + describe(element));
                }
                values.add(parser.apply(text));
            }
            return List.copyOf(values);
        });
    }

    /**
     * Builds the record of the section. The constructor of the record throws an IllegalArgumentException that begins
     * with the name of the invalid setting. The section then records an error at the position of that setting and
     * builds the record again with the default, since the constructor reports one invalid value at a time.
     */
    <T> T buildRecord(Supplier<T> record) {
        for (int attempts = 0; ; attempts++) {
            try {
                return record.get();
            } catch (IllegalArgumentException e) {
                String message = String.valueOf(e.getMessage());
                String key = knownKeys.stream()
                        .filter(candidate -> message.startsWith(name + "." + candidate + " "))
                        .findAny()
                        .orElseThrow(() -> e);
                String suffix = table.contains(List.of(key)) ? "" : ", its default";
                error(key, message.substring(name.length() + key.length() + 2) + suffix);
                if (attempts == knownKeys.size()) {
                    throw e;
                }
                if (!suffix.isEmpty()) {
                    // The value of another setting makes the default of this one too small. The message contains that
                    // value.
                    invalidKeys.addAll(knownKeys);
                }
            }
        }
    }

    private <V, T> T value(String key, T defaultValue, String expected, Class<V> type, Function<V, T> parser) {
        T read = read(key, defaultValue, expected, type, parser);
        values.put(name + "." + key, String.valueOf(read));
        return read;
    }

    private <V, T> T read(String key, T defaultValue, String expected, Class<V> type, Function<V, T> parser) {
        knownKeys.add(key);
        Object value = table.get(List.of(key));
        if (value == null || invalidKeys.contains(key)) {
            return defaultValue;
        }
        try {
            if (!type.isInstance(value)) {
                throw new IllegalArgumentException("must be " + expected + ", not " + describe(value));
            }
            return parser.apply(type.cast(value));
        } catch (IllegalArgumentException e) {
            error(key, String.valueOf(e.getMessage()));
            return defaultValue;
        }
    }

    /** Describes a value for an error message. Strings are not quoted, since they may be misplaced secrets. */
    private static String describe(Object value) {
        return switch (value) {
            case String _ -> "a string";
            case TomlArray _ -> "a list";
            case TomlTable _ -> "a section";
            default -> value.toString();
        };
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
