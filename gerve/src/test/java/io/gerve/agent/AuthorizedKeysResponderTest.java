package io.gerve.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.agent.protocol.AgentReply;
import io.gerve.agent.protocol.AgentRequest;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthorizedKeysResponderTest {
    private static final String TYPE = "ssh-ed25519";
    private static final String BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
    private static final KeyDirectory ALL_KEYS = _ -> CachedResult.fresh(Optional.of(AgentSamples.KEY));

    private final Path socket = Path.of("/run/gerve-agent/socket");

    @Test
    void registeredKeyIsAcceptedAndRunsGerveShellOnly() {
        assertThat(answer(ALL_KEYS, "git", TYPE, BLOB))
                .isEqualTo(new AgentReply.KeyLine("restrict,command=\"/usr/bin/gerve-shell " + AgentSamples.FINGERPRINT
                        + "\" " + TYPE + " " + BLOB));
    }

    @Test
    void otherSocketIsPassedToGerveShell() {
        var keys = new AuthorizedKeysResponder(ALL_KEYS, AgentSamples.settings(Path.of("/srv/agent")), socket);
        assertThat(((AgentReply.KeyLine) keys.answer(new AgentRequest.FindKey("git", TYPE, BLOB))).text())
                .contains("command=\"/usr/bin/gerve-shell --socket /srv/agent SHA256:");
    }

    @Test
    void unregisteredKeyIsNotAccepted() {
        assertThat(answer(_ -> CachedResult.fresh(Optional.empty()), "git", TYPE, BLOB))
                .isEqualTo(new AgentReply.NoKey());
    }

    /** Logging in grants nothing, and gerve-shell then shows the reason, as the ssh frontend does. */
    @Test
    void keyIsAcceptedWhileLookupIsUnavailable() {
        KeyDirectory unavailable = _ -> {
            throw new LookupUnavailable("the database is away");
        };
        assertThat(answer(unavailable, "git", TYPE, BLOB)).isInstanceOf(AgentReply.KeyLine.class);
    }

    /** Attack: a user name, type or blob that ends the line, or that makes the line accept another key. */
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
    void mismatchedUserTypeOrBlobIsNotAccepted(String user, String type, String blob) {
        assertThat(answer(ALL_KEYS, user, type, blob)).isEqualTo(new AgentReply.NoKey());
    }

    private AgentReply answer(KeyDirectory keys, String user, String type, String blob) {
        return new AuthorizedKeysResponder(keys, AgentSamples.settings(socket), socket)
                .answer(new AgentRequest.FindKey(user, type, blob));
    }
}
