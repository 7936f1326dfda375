package io.gerve.keylookup.key;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Error messages for text that is not a public key. They say what the text is and what to paste instead. They contain
 * nothing of the text.
 */
public final class KeyLineDiagnosis {
    /** Base64 of the beginning of an OpenSSH private key, which identifies it without the BEGIN line. */
    private static final String OPENSSH_PRIVATE_KEY = "b3BlbnNzaC1rZXktdjE";

    private static final String PUTTY_PRIVATE_KEY = "PUTTY-USER-KEY-FILE";
    private static final String PUTTY_PUBLIC_PART = "PUBLIC-LINES:";

    /** The name of the key's type is bounded, or a text of many BEGIN would take a time that grows with its square. */
    private static final Pattern PRIVATE = Pattern.compile(
            "PRIVATE KEY--|BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY|PUTTY-USER-KEY-FILE|SSH PRIVATE KEY FILE FORMAT");

    private static final Pattern FINGERPRINT = Pattern.compile("(SHA256:|MD5:|([0-9a-f]{2}:){15}).*");
    private static final Pattern BARE_BLOB = Pattern.compile("AAAA[A-Za-z0-9+/]{12,}=*");
    private static final Pattern BLANKS = Pattern.compile("[ \t]+");

    private KeyLineDiagnosis() {}

    /** Refuses private keys and other file formats, which can be recognized before the text is parsed as a line. */
    static void requireKeyLine(String text) throws InvalidKey {
        // UTF-16 that was read as another encoding has a NUL beside each letter.
        String letters = text.replace("\0", "");
        String upperCase = letters.toUpperCase(Locale.ROOT);
        if (PRIVATE.matcher(upperCase).find() || letters.contains(OPENSSH_PRIVATE_KEY)) {
            throw new InvalidKey(
                    "This is a PRIVATE key. It must never leave your computer, and it has now been sent to this server:"
                            + " stop using it, create a new pair "
                            + (upperCase.contains(PUTTY_PRIVATE_KEY)
                                    ? "in PuTTYgen, and paste the text of its field \"Public key for pasting into OpenSSH"
                                            + " authorized_keys file\"."
                                    : "with ssh-keygen -t ed25519, and paste the file that ends in .pub.")
                            + " Nothing of what you sent was stored.");
        }
        if (upperCase.startsWith(PUTTY_PUBLIC_PART)) {
            throw new InvalidKey(
                    "This is a part of PuTTY's key file. Open the file in PuTTYgen, and paste the text of its field"
                            + " \"Public key for pasting into OpenSSH authorized_keys file\".");
        }
        if (letters.length() <= text.length() / 2 + 1 && !letters.isBlank()) {
            throw new InvalidKey("This text is in UTF-16, as PowerShell and Notepad save it. Save the file as UTF-8, or"
                    + " open it and paste its one line.");
        }
        if (upperCase.contains("-----BEGIN ")) {
            throw new InvalidKey(
                    "This is a PEM or PGP file, not an OpenSSH public key. Paste the one line of the file that ends in"
                            + " .pub.");
        }
    }

    /** Returns the error for a line that does not begin with an accepted key type. */
    static InvalidKey type(String type, String line) {
        if (type.equals("ssh-dss")) {
            return dsa();
        }
        if (type.endsWith("-cert-v01@openssh.com")) {
            return certificate();
        }
        if (FINGERPRINT.matcher(line).matches()) {
            return new InvalidKey(
                    "This is a fingerprint, not a key. Paste the one line of the file that ends in .pub.");
        }
        if (BARE_BLOB.matcher(type).matches()) {
            return new InvalidKey(
                    "The key's type is missing. Copy the whole line, which begins with a type such as ssh-ed25519.");
        }
        if (List.of(BLANKS.split(line)).stream()
                .anyMatch(word -> KeyAlgorithm.ofWireName(word).isPresent())) {
            return new InvalidKey(
                    "There is something before the key's type. Options and host names are not accepted: paste the line"
                            + " from ssh-ed25519, ssh-rsa or the like onwards.");
        }
        return unknown();
    }

    static InvalidKey dsa() {
        return new InvalidKey("DSA keys (ssh-dss) are no longer safe and are not accepted. " + newKey());
    }

    static InvalidKey certificate() {
        return new InvalidKey(
                "This is a certificate. Certificates are not accepted: paste the public key that it was issued for, "
                        + "the file that ends in .pub and not in -cert.pub.");
    }

    static InvalidKey unknown() {
        return new InvalidKey(
                "This is not a public key of a type that Gerve accepts: ssh-ed25519, ecdsa-sha2-nistp256, -nistp384, "
                        + "-nistp521, ssh-rsa, and the sk- types of security keys. " + newKey());
    }

    /** Returns the advice to create a new key, as the last sentence of a message. */
    public static String newKey() {
        return "Make a new key with ssh-keygen -t ed25519 and paste the file that ends in .pub.";
    }
}
