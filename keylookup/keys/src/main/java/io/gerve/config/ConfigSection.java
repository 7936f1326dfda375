package io.gerve.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
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
 * One section of the file. What is asked of it becomes a known key. A wrong value is noted and its default given instead, so that
 * reading goes on and finds the other mistakes.
 */
final class ConfigSection {
    private final String name;
    private final TomlTable table;
    private final @Nullable TomlPosition position;
    private final ConfigErrors errors;
    private final Set<String> known = new LinkedHashSet<>();
    private final Set<String> wrong = new HashSet<>();

    /** @param position of its header, null if the file does not have the section */
    ConfigSection(String name, TomlTable table, @Nullable TomlPosition position, ConfigErrors mistakes) {
        this.name = name;
        this.table = table;
        this.position = position;
        this.errors = mistakes;
    }

    /** Every key that was asked for, as {@code section.key}. */
    List<String> known() {
        return known.stream().map(key -> name + "." + key).toList();
    }

    /** The keys in the file that nobody asked for. */
    List<String> unknown() {
        return table.keySet().stream().filter(key -> !known.contains(key)).toList();
    }

    boolean has(String key) {
        known.add(key);
        return table.contains(List.of(key));
    }

    @Nullable
    TomlPosition positionOf(String key) {
        return table.contains(List.of(key)) ? table.inputPositionOf(List.of(key)) : position;
    }

    /** @param what follows the key's name in the message */
    void error(String key, String what) {
        if (wrong.add(key)) {
            errors.add(positionOf(key), name + "." + key + " " + what);
        }
    }

    /** A setting that has no safe default. */
    <T> T mandatory(String key, String example, Function<String, T> setting) {
        T value = setting.apply(key);
        if (!has(key)) {
            error(key, "is missing; for example: " + key + " = " + example);
        }
        return value;
    }

    String text(String key, String otherwise) {
        return value(key, otherwise, "a text in quotation marks", String.class, text -> text);
    }

    /** @param reading throws IllegalArgumentException with what must be, as a part of a sentence: "must be …" */
    <T> T parsed(String key, T otherwise, Function<String, T> reading) {
        return value(key, otherwise, "a text in quotation marks", String.class, reading);
    }

    int number(String key, int otherwise) {
        return value(key, otherwise, "a whole number like " + otherwise, Long.class, number -> {
            if (number < 0 || number > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("must be 0 to " + Integer.MAX_VALUE + ", not " + number);
            }
            return number.intValue();
        });
    }

    Duration duration(String key, Duration otherwise) {
        String form = "a time like \"" + Durations.text(otherwise) + "\", with the unit ms, s, m, h or d";
        return value(
                key,
                otherwise,
                form,
                String.class,
                text -> Durations.parse(text)
                        .orElseThrow(() -> new IllegalArgumentException("must be " + form + ", not \"" + text + "\"")));
    }

    boolean flag(String key, boolean otherwise) {
        return value(key, otherwise, "true or false", Boolean.class, flag -> flag);
    }

    <E extends Enum<E>> E oneOf(String key, E otherwise) {
        String words = Stream.of(otherwise.getDeclaringClass().getEnumConstants())
                .map(word -> '"' + spelling(word) + '"')
                .collect(Collectors.joining(" or "));
        return value(
                key,
                otherwise,
                words,
                String.class,
                text -> Stream.of(otherwise.getDeclaringClass().getEnumConstants())
                        .filter(word -> spelling(word).equals(text))
                        .findAny()
                        .orElseThrow(
                                () -> new IllegalArgumentException("must be " + words + ", not \"" + text + "\"")));
    }

    <T> List<T> list(String key, Function<String, T> reading) {
        String form = "a list of texts: [\"…\", \"…\"]";
        return value(key, List.of(), form, TomlArray.class, array -> {
            var values = new ArrayList<T>();
            for (Object element : array.toList()) {
                if (!(element instanceof String text)) {
                    throw new IllegalArgumentException("must be " + form + ", not with " + quoted(element) + " in it");
                }
                values.add(reading.apply(text));
            }
            return List.copyOf(values);
        });
    }

    /**
     * Makes the section's record. When the record refuses a value, which it does by the setting's name, the mistake is noted at that
     * setting's place and the record made with the default in its stead: it refuses one value at a time, and there may be more.
     */
    <T> T whole(Supplier<T> record) {
        for (int attempts = 0; ; attempts++) {
            try {
                return record.get();
            } catch (IllegalArgumentException e) {
                String message = String.valueOf(e.getMessage());
                String key = known.stream()
                        .filter(candidate -> message.startsWith(name + "." + candidate + " "))
                        .findAny()
                        .orElseThrow(() -> e);
                String isDefault = table.contains(List.of(key)) ? "" : ", its default";
                error(key, message.substring(name.length() + key.length() + 2) + isDefault);
                if (attempts == known.size()) {
                    throw e;
                }
                if (!isDefault.isEmpty()) {
                    // Another setting makes this one's default too small; which one, the message says with its value.
                    wrong.addAll(known);
                }
            }
        }
    }

    private <V, T> T value(String key, T otherwise, String form, Class<V> type, Function<V, T> reading) {
        known.add(key);
        Object value = table.get(List.of(key));
        if (value == null || wrong.contains(key)) {
            return otherwise;
        }
        try {
            if (!type.isInstance(value)) {
                throw new IllegalArgumentException("must be " + form + ", not " + quoted(value));
            }
            return reading.apply(type.cast(value));
        } catch (IllegalArgumentException e) {
            error(key, String.valueOf(e.getMessage()));
            return otherwise;
        }
    }

    /** Not a text, which may be a secret in the wrong place. */
    private static String quoted(Object value) {
        return switch (value) {
            case String _ -> "a text";
            case TomlArray _ -> "a list";
            case TomlTable _ -> "a section";
            default -> value.toString();
        };
    }

    private static String spelling(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
