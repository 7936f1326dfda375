package io.gerve.cli.key;

import io.gerve.admin.ChangeRefused;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.KeyAlgorithm;
import io.gerve.keylookup.key.KeyLine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Fingerprint or id by which an operator names a registered key. */
public sealed interface KeySelector {
    record ByFingerprint(Fingerprint fingerprint) implements KeySelector {}

    /** The id that {@code gerve key list} and the API show. */
    record ById(long id) implements KeySelector {}

    /**
     * One line of a list of keys.
     *
     * @param location {@code leaked.txt:12}
     * @param fingerprint empty if the line has no key
     * @param issue why the line has none
     */
    record Line(String location, Optional<Fingerprint> fingerprint, String issue) {}

    Pattern BLANKS = Pattern.compile("\\s+");
    Pattern ID = Pattern.compile("[0-9]{1,18}");

    /**
     * Parses arguments: fingerprints, ids, files and {@code -}, or one pasted key, in quotes or without.
     *
     * @throws ChangeRefused if an argument is none of these, or a file holds anything else. The message does not quote
     *     it: it may be a private key.
     */
    static List<KeySelector> ofWords(List<String> words) throws ChangeRefused {
        String all = String.join(" ", words);
        if (KeyAlgorithm.ofWireName(BLANKS.split(all.strip(), -1)[0]).isPresent()) {
            return List.of(required(ofLine("the key", all)));
        }
        List<KeySelector> selectors = new ArrayList<>();
        for (String word : words) {
            if (ID.matcher(word).matches()) {
                selectors.add(new ById(Long.parseLong(word)));
            } else if (word.equals("-") || Files.exists(Path.of(word))) {
                for (Line line : ofFile(Path.of(word))) {
                    selectors.add(required(line));
                }
            } else {
                selectors.add(required(ofLine("KEY", word)));
            }
        }
        return selectors;
    }

    /**
     * Parses a list: on each line a fingerprint or a key, also in the format of {@code authorized_keys} or {@code ssh-
     * keygen -lf}. Skips empty lines and those that begin with #. A file with a key in the format of RFC 4716 has one
     * element.
     */
    static List<Line> ofFile(Path file) throws ChangeRefused {
        List<Line> lines = new ArrayList<>();
        int number = 0;
        String whole = KeyFile.text(file);
        if (KeyLine.isOnSeveralLines(whole)) {
            return List.of(ofLine(file.toString(), whole));
        }
        for (String text : whole.lines().toList()) {
            number++;
            if (!text.isBlank() && !text.strip().startsWith("#")) {
                lines.add(ofLine(file + ":" + number, text));
            }
        }
        return lines;
    }

    private static Line ofLine(String location, String text) {
        String[] words = BLANKS.split(text.strip(), -1);
        for (int i = 0; i < Math.min(2, words.length); i++) {
            // ssh-keygen -lf writes the number of bits before the fingerprint.
            Optional<Fingerprint> fingerprint = Fingerprint.parse(words[i]);
            if (fingerprint.isPresent() && (i == 0 || ID.matcher(words[0]).matches())) {
                return new Line(location, fingerprint, "");
            }
        }
        try {
            var key = new KeyImportLine(location, text, Optional.empty()).key().key();
            return new Line(location, Optional.of(key.fingerprint()), "");
        } catch (InvalidKey e) {
            return new Line(location, Optional.empty(), String.valueOf(e.getMessage()));
        }
    }

    private static KeySelector required(Line line) throws ChangeRefused {
        return line.fingerprint()
                .map(ByFingerprint::new)
                .orElseThrow(() ->
                        new ChangeRefused("Not a fingerprint (SHA256:…), an id, a public key or a file with these: "
                                + line.location() + ". " + line.issue()));
    }
}
