package io.gerve.keylookup.policy;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.Md5Suffix;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a list of compromised keys says. */
final class CompromisedKeyList {
    private static final String DEBIAN = "made by Debian's broken OpenSSL of 2006 to 2008, CVE-2008-0166";

    /** As ssh-keygen -lf prints it, also with -E md5; or as a line of openssh-blacklist. */
    private static final Pattern LINE = Pattern.compile("(?:[0-9]{3,5}[ \t]+)?"
            + "(?:(?<sha256>SHA256:[A-Za-z0-9+/]{43})"
            + "|(?:MD5:)?(?<md5>[0-9a-f]{2}(?::[0-9a-f]{2}){15})"
            + "|(?<debian>[0-9a-f]{20}))"
            + "(?:[ \t]+(?<why>[^\\p{C}]{1,200}))?");

    private final Map<Fingerprint, String> bySha256 = new HashMap<>();
    private final Map<Md5Suffix, String> byMd5 = new HashMap<>();

    private CompromisedKeyList() {}

    /**
     * @param place what the text is, for the message
     * @throws IllegalArgumentException if a line is wrong, with its number
     */
    static CompromisedKeyList parse(String place, String text) {
        var list = new CompromisedKeyList();
        int number = 0;
        for (String line : (Iterable<String>) text.lines().map(String::strip)::iterator) {
            number++;
            if (!line.isEmpty() && !line.startsWith("#") && !list.took(LINE.matcher(line))) {
                throw new IllegalArgumentException(place + ":" + number
                        + ": a line is a SHA-256 fingerprint, as ssh-keygen -lf prints it, or one of MD5, or 20 hex digits as in"
                        + " openssh-blacklist; then a blank and the reason");
            }
        }
        return list;
    }

    int size() {
        return bySha256.size() + byMd5.size();
    }

    /** @return empty if the key is not on the list; an empty text if the list does not say why it is */
    Optional<String> reason(Fingerprint key, Md5Suffix tail) {
        return Optional.ofNullable(bySha256.get(key)).or(() -> Optional.ofNullable(byMd5.get(tail)));
    }

    private boolean took(Matcher line) {
        if (!line.matches()) {
            return false;
        }
        String why = Objects.requireNonNullElse(line.group("why"), "");
        if (line.group("debian") != null) {
            byMd5.put(Md5Suffix.ofHex(line.group("debian")), why.isEmpty() ? DEBIAN : why);
        } else if (line.group("md5") != null) {
            byMd5.put(Md5Suffix.ofHex(line.group("md5").replace(":", "")), why);
        } else {
            Optional<Fingerprint> fingerprint = Fingerprint.parse(line.group("sha256"));
            fingerprint.ifPresent(key -> bySha256.put(key, why));
            return fingerprint.isPresent();
        }
        return true;
    }
}
