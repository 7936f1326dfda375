package io.gerve.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.agent.protocol.Question;
import io.gerve.agent.protocol.Reply;
import io.gerve.keylookup.key.KeyDirectory;
import io.gerve.lookup.Answer;
import io.gerve.lookup.LookupUnavailable;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthorizedKeysTest {
    private static final String TYPE = "ssh-ed25519";
    private static final String BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
    private static final KeyDirectory EVERYBODY = _ -> Answer.current(Optional.of(Samples.KEY));

    private final Path socket = Path.of("/run/gerve-agent/socket");

    @Test
    void aRegisteredKeyIsLetInAndMayRunGerveShellOnly() {
        assertThat(answer(EVERYBODY, "git", TYPE, BLOB))
                .isEqualTo(new Reply.KeyLine(
                        "restrict,command=\"/usr/bin/gerve-shell " + Samples.FINGERPRINT + "\" " + TYPE + " " + BLOB));
    }

    @Test
    void anUnusualSocketIsNamedToGerveShell() {
        var keys = new AuthorizedKeys(EVERYBODY, Samples.settings(Path.of("/srv/agent")), socket);
        assertThat(((Reply.KeyLine) keys.answer(new Question.OfKey("git", TYPE, BLOB))).text())
                .contains("command=\"/usr/bin/gerve-shell --socket /srv/agent SHA256:");
    }

    @Test
    void aKeyThatNobodyRegisteredIsNot() {
        assertThat(answer(_ -> Answer.current(Optional.empty()), "git", TYPE, BLOB))
                .isEqualTo(new Reply.NoKey());
    }

    /** Being let in grants nothing, and the user then reads why; as at the other door. */
    @Test
    void whoCannotBeLookedUpIsLetInToBeToldSo() {
        KeyDirectory away = _ -> {
            throw new LookupUnavailable("the database is away");
        };
        assertThat(answer(away, "git", TYPE, BLOB)).isInstanceOf(Reply.KeyLine.class);
    }

    /** Attack: a name, a type or a blob that would end the line, or make the key somebody else's way in. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {
                "root,ssh-ed25519," + BLOB,
                "GIT,ssh-ed25519," + BLOB,
                "git,ssh-rsa," + BLOB,
                "git,ssh-ed25519-cert-v01@openssh.com," + BLOB,
                "git,ssh-ed25519,|" + BLOB + " x|",
                "git,ssh-ed25519,|AAAA\nssh-ed25519 AAAA|",
                "git,ssh-ed25519,AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkV",
                "git,ssh-ed25519,||",
            })
    void whatIsNoKeyOfThatTypeForThatAccountIsNobodys(String user, String type, String blob) {
        assertThat(answer(EVERYBODY, user, type, blob)).isEqualTo(new Reply.NoKey());
    }

    private Reply answer(KeyDirectory keys, String user, String type, String blob) {
        return new AuthorizedKeys(keys, Samples.settings(socket), socket).answer(new Question.OfKey(user, type, blob));
    }
}
