package io.gerve.keylookup.policy;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.Md5Suffix;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parsed list of compromised keys. */
final class CompromisedKeyList {
    private static final String DEBIAN_REASON = "made by Debian's broken OpenSSL of 2006 to 2008, CVE-2008-0166";

    /** A line in the format of ssh-keygen -lf, with SHA-256 or with -E md5, or in the format of openssh-blacklist. */
    private static final Pattern LINE = Pattern.compile("(?:[0-9]{3,5}[ \t]+)?"
            + "(?:(?<sha256>SHA256:[A-Za-z0-9+/]{43})"
            + "|(?:MD5:)?(?<md5>[0-9a-f]{2}(?::[0-9a-f]{2}){15})"
            + "|(?<debian>[0-9a-f]{20}))"
            + "(?:[ \t]+(?<reason>[^\\p{C}]{1,200}))?");

    private final Map<Fingerprint, String> bySha256 = new HashMap<>();
    private final Map<Md5Suffix, String> byMd5 = new HashMap<>();

    private CompromisedKeyList() {}

    /**
     * Parses a list.
     *
     * @param source name of the list, for the error message
     * @throws IllegalArgumentException if a line is invalid; the message contains the number of the line
     */
    static CompromisedKeyList parse(String source, String text) {
        var list = new CompromisedKeyList();
        int number = 0;
        for (String line : (Iterable<String>) text.lines().map(String::strip)::iterator) {
            number++;
            if (!line.isEmpty() && !line.startsWith("#") && !list.add(LINE.matcher(line))) {
                throw new IllegalArgumentException(source + ":" + number
                        + ": a line must be a SHA-256 or MD5 fingerprint as ssh-keygen -lf prints it, or 20 hex digits"
                        + " as in openssh-blacklist; optionally followed by a space and the reason");
            }
        }
        return list;
    }

    int size() {
        return bySha256.size() + byMd5.size();
    }

    /**
     * Returns the reason why the key is on the list: empty if it is not, an empty string if the list gives no reason.
     */
    Optional<String> reason(Fingerprint key, Md5Suffix md5Suffix) {
        return Optional.ofNullable(bySha256.get(key)).or(() -> Optional.ofNullable(byMd5.get(md5Suffix)));
    }

    /** Adds the key on a line. Returns false if the line is invalid. */
    private boolean add(Matcher line) {
        if (!line.matches()) {
            return false;
        }
        String reason = Objects.requireNonNullElse(line.group("reason"), "");
        if (line.group("debian") != null) {
            byMd5.put(Md5Suffix.ofHex(line.group("debian")), reason.isEmpty() ? DEBIAN_REASON : reason);
        } else if (line.group("md5") != null) {
            byMd5.put(Md5Suffix.ofHex(line.group("md5").replace(":", "")), reason);
        } else {
            Optional<Fingerprint> fingerprint = Fingerprint.parse(line.group("sha256"));
            fingerprint.ifPresent(key -> bySha256.put(key, reason));
            return fingerprint.isPresent();
        }
        return true;
    }
}
