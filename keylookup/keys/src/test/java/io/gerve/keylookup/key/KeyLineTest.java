package io.gerve.keylookup.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyLineTest {
    private static final String BASE64 = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
    private static final String LINE = "ssh-ed25519 " + BASE64;

    @Test
    void commentFollowsKey() throws Exception {
        assertThat(KeyLine.parse(LINE + " tom@laptop, at home\n").comment()).isEqualTo("tom@laptop, at home");
        assertThat(KeyLine.parse(LINE).comment()).isEmpty();
        assertThat(KeyLine.parse("\r\n  " + LINE + "\t\r\n").comment()).isEmpty();
    }

    @Test
    void commentOmitsControlCharactersAndIsTruncated() throws Exception {
        assertThat(KeyLine.parse(LINE + " a\u001b[2Jb\u0000c\u202ed").comment()).isEqualTo("a[2Jbcd");
        assertThat(KeyLine.parse(LINE + " " + "\ud83d\udd11".repeat(300))
                        .comment()
                        .codePointCount(0, 510))
                .isEqualTo(255);
    }

    @Test
    void fingerprintEqualsThatOfOpenSsh() throws Exception {
        assertThat(KeyLine.parse(LINE).key().fingerprint().text())
                .isEqualTo("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
    }

    /**
     * A user pastes the private key by mistake. The message must say that the key is compromised, and must not contain
     * any part of it, since the message can reach a log.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n-----END OPENSSH PRIVATE KEY-----",
                "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----",
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIEpAIBAAKCAQEA",
                "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/56wAAA",
                "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none",
                "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ",
                "ssh-ed25519 b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ",
                "SSH PRIVATE KEY FILE FORMAT 1.1\n"
            })
    void privateKeyIsRefusedWithoutQuotingIt(String text) {
        assertThatExceptionOfType(InvalidKey.class)
                .isThrownBy(() -> KeyLine.parse(text))
                .withMessageStartingWith("This is a PRIVATE key.")
                .withMessageContaining("stop using it")
                .withNoCause()
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("b3Blbn", "MIIE", "P2/56", "PuTTY-User"));
    }

    @Test
    void privateKeyIsRecognizedInLongText() {
        assertRefused(" ".repeat(20_000) + "-----BEGIN OPENSSH PRIVATE KEY-----", "PRIVATE key");
    }

    /** The attack: a text whose search for a private key takes a time that grows with the square of its length. */
    @Test
    @Timeout(60)
    void longTextOfManyBeginningsIsRefusedSoon() {
        assertRefused("BEGIN ".repeat(500_000), "too long");
    }

    /** As Windows programs save a file, or as a web page passes it on. */
    @Test
    void byteOrderMarkAndCarriageReturnAreIgnored() throws Exception {
        assertThat(KeyLine.parse("\ufeff" + LINE + " tom\r\n")).isEqualTo(KeyLine.parse(LINE + " tom"));
        assertThat(KeyLine.parse("\ufeff\r\n" + LINE)).isEqualTo(KeyLine.parse(LINE));
    }

    /** A program sent the bytes of a UTF-16 file as if they were UTF-8. */
    @Test
    void utf16ReadAsUtf8IsNamed() {
        for (var encoding : List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            assertRefused(new String(LINE.getBytes(encoding), StandardCharsets.UTF_8), "This text is in UTF-16");
            String secret = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
            assertRefused(new String(secret.getBytes(encoding), StandardCharsets.UTF_8), "This is a PRIVATE key.");
        }
    }

    /** Written by PuTTYgen and by ssh-keygen -e. */
    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n"})
    void ssh2FormatIsAccepted(String newline) throws Exception {
        String puttygen = """
                ---- BEGIN SSH2 PUBLIC KEY ----
                Comment: "tom@laptop"
                AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9
                GKJl
                ---- END SSH2 PUBLIC KEY ----
                """.replace("\n", newline);
        assertThat(KeyLine.parse(puttygen)).isEqualTo(KeyLine.parse(LINE + " tom@laptop"));
        String allHeaders = """
                ---- BEGIN SSH2 PUBLIC KEY ----
                Subject: me
                comment: This comment goes on \\
                to the next line: here
                x-command: sh
                %s
                ---- END SSH2 PUBLIC KEY ----""".formatted(BASE64).replace("\n", newline);
        assertThat(KeyLine.parse(allHeaders))
                .isEqualTo(KeyLine.parse(LINE + " This comment goes on to the next line: here"));
    }

    @Test
    void ssh2FormatWithAnythingElseIsRefused() {
        String begin = "---- BEGIN SSH2 PUBLIC KEY ----\n";
        String end = "\n---- END SSH2 PUBLIC KEY ----";
        assertRefused(begin + BASE64, "not one complete public key");
        assertRefused(begin + end, "not one complete public key");
        assertRefused(begin + BASE64 + end + "\n" + begin + BASE64 + end, "not one complete public key");
        assertRefused(begin + BASE64 + end + "\n" + LINE, "not one complete public key");
        assertRefused(begin + BASE64.substring(4) + end, "damaged");
        assertRefused(begin + BASE64.substring(0, 40) + end, "damaged");
        assertRefused(begin + BASE64 + "!" + end, "damaged or cut off");
    }

    @Test
    void partOfAPuttyFileIsRefusedWithAdvice() {
        assertRefused("Public-Lines: 2\n" + BASE64, "Open the file in PuTTYgen");
        assertRefused("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", "create a new pair in PuTTYgen");
    }

    @Test
    void commentMayMentionPrivateKey() throws Exception {
        assertThat(KeyLine.parse(LINE + " belongs to my private key").comment()).isEqualTo("belongs to my private key");
    }

    @Test
    void otherTextIsRefusedWithAdvice() {
        assertRefused("", "The key is empty");
        assertRefused(" \n ", "The key is empty");
        assertRefused("x".repeat(16 * 1024 + 1), "at most 16 KiB");
        assertRefused(LINE + "\n" + LINE, "more than one line");
        assertRefused(LINE.replace("IOMq", "\nIOMq"), "more than one line");
        assertRefused(LINE + " tom " + LINE, "second key on the line");
        assertRefused("ssh-ed25519", "ends after its type");
        assertRefused(BASE64, "type is missing");
        assertRefused("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU", "This is a fingerprint");
        assertRefused(
                "256 SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU tom (ED25519)", "not a public key of a type");
        assertRefused("-----BEGIN PUBLIC KEY-----\nMIIB", "PEM or PGP");
        assertRefused("ssh-dss AAAAB3NzaC1kc3M=", "DSA keys");
        assertRefused("ssh-ed25519-cert-v01@openssh.com AAAA", "This is a certificate");
        assertRefused("hello", "not a public key of a type");
    }

    @Test
    void optionsOfAuthorizedKeysAreRefused() {
        for (String options : List.of(
                "no-pty", "command=\"sh\"", "restrict,from=\"10.0.0.0/8\"", "git.example.org", "cert-authority")) {
            assertRefused(options + " " + LINE, "Options and host names are not accepted");
        }
    }

    @Test
    void damagedBase64IsRefused() {
        assertRefused("ssh-ed25519 " + BASE64.substring(0, BASE64.length() - 1), "damaged or cut off");
        assertRefused("ssh-ed25519 " + BASE64.substring(0, BASE64.length() - 4), "damaged");
        assertRefused("ssh-ed25519 " + BASE64 + "!", "damaged or cut off");
        assertRefused("ssh-rsa " + BASE64, "type is ssh-rsa, but the key itself is ssh-ed25519");
    }

    /** If a blob had two texts, a search for one text would miss the key. */
    @Test
    void base64WithStrayBitsOrWithoutPaddingIsRefused() throws Exception {
        String padded = Base64.getEncoder().encodeToString(Blob.skEd25519("ssh:"));
        assertThat(padded).endsWith("=");
        assertThat(KeyLine.parse("sk-ssh-ed25519@openssh.com " + padded).key().algorithm())
                .isEqualTo(KeyAlgorithm.SK_ED25519);
        assertRefused("sk-ssh-ed25519@openssh.com " + padded.replace("=", ""), "damaged or cut off");
    }

    private static void assertRefused(String text, String message) {
        assertThatExceptionOfType(InvalidKey.class)
                .isThrownBy(() -> KeyLine.parse(text))
                .withMessageContaining(message);
    }
}
