package io.gerve.cli.key;

import io.gerve.admin.ChangeRefused;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.KeyAlgorithm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** By what an operator names a registered key. */
public sealed interface KeySelector {
    record ByFingerprint(Fingerprint fingerprint) implements KeySelector {}

    /** As {@code gerve key list} and the API tell it. */
    record ById(long id) implements KeySelector {}

    /**
     * One line of a list of keys.
     *
     * @param place {@code leaked.txt:12}
     * @param fingerprint empty if there is no key on the line
     * @param problem why there is none
     */
    record Line(String place, Optional<Fingerprint> fingerprint, String problem) {}

    Pattern BLANKS = Pattern.compile("\\s+");
    Pattern ID = Pattern.compile("[0-9]{1,18}");

    /**
     * Reads what stands behind a command: fingerprints, ids, files and {@code -}, or one key as it was pasted, in quotes or without.
     *
     * @throws ChangeRefused if a word is none of these, or a file holds anything else; the message quotes nothing, for it may be a secret
     */
    static List<KeySelector> ofWords(List<String> words) throws ChangeRefused {
        String all = String.join(" ", words);
        if (KeyAlgorithm.ofWireName(BLANKS.split(all.strip(), -1)[0]).isPresent()) {
            return List.of(required(ofLine("the key", all)));
        }
        List<KeySelector> names = new ArrayList<>();
        for (String word : words) {
            if (ID.matcher(word).matches()) {
                names.add(new ById(Long.parseLong(word)));
            } else if (word.equals("-") || Files.exists(Path.of(word))) {
                for (Line line : ofFile(Path.of(word))) {
                    names.add(required(line));
                }
            } else {
                names.add(required(ofLine("KEY", word)));
            }
        }
        return names;
    }

    /**
     * Reads a list: on each line a fingerprint or a key, with what {@code authorized_keys} files and {@code ssh-keygen -lf} write around
     * them. Empty lines and those that begin with # say nothing.
     */
    static List<Line> ofFile(Path file) throws ChangeRefused {
        List<Line> lines = new ArrayList<>();
        int number = 0;
        for (String text : KeyFile.text(file).lines().toList()) {
            number++;
            if (!text.isBlank() && !text.strip().startsWith("#")) {
                lines.add(ofLine(file + ":" + number, text));
            }
        }
        return lines;
    }

    private static Line ofLine(String place, String text) {
        String[] words = BLANKS.split(text.strip(), -1);
        for (int i = 0; i < Math.min(2, words.length); i++) {
            // ssh-keygen -lf writes the number of bits before it.
            Optional<Fingerprint> fingerprint = Fingerprint.parse(words[i]);
            if (fingerprint.isPresent() && (i == 0 || ID.matcher(words[0]).matches())) {
                return new Line(place, fingerprint, "");
            }
        }
        try {
            var key = new KeyImportLine(place, text, Optional.empty()).key().key();
            return new Line(place, Optional.of(key.fingerprint()), "");
        } catch (InvalidKey e) {
            return new Line(place, Optional.empty(), String.valueOf(e.getMessage()));
        }
    }

    private static KeySelector required(Line line) throws ChangeRefused {
        return line.fingerprint()
                .map(ByFingerprint::new)
                .orElseThrow(() -> new ChangeRefused(
                        "Neither a fingerprint (SHA256:…), an id, a public key nor a file with these: " + line.place()
                                + ". " + line.problem()));
    }
}
