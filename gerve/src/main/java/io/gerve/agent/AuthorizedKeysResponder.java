package io.gerve.agent;

import io.gerve.agent.protocol.AgentReply;
import io.gerve.agent.protocol.AgentRequest;
import io.gerve.config.AgentSettings;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.lookup.LookupUnavailable;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Responder to sshd's key look-ups. It accepts every registered key, including revoked keys and keys of suspended
 * accounts, because gerve-shell can then show the user the reason. It also accepts a key that cannot be looked up at
 * the moment: logging in grants nothing, and gerve-shell asks again.
 */
final class AuthorizedKeysResponder {
    private static final Logger LOG = LoggerFactory.getLogger(AuthorizedKeysResponder.class);

    private final KeyDirectory keys;
    private final String user;
    private final String command;

    /** @param defaultSocket the socket that gerve-shell uses without {@code --socket} */
    AuthorizedKeysResponder(KeyDirectory keys, AgentSettings settings, Path defaultSocket) {
        this.keys = keys;
        this.user = settings.user();
        this.command =
                settings.shell() + (settings.socket().equals(defaultSocket) ? "" : " --socket " + settings.socket());
    }

    AgentReply answer(AgentRequest.FindKey request) {
        Optional<PublicKey> key = request.user().equals(user) ? parse(request) : Optional.empty();
        return key.filter(this::isAccepted).<AgentReply>map(this::line).orElseGet(AgentReply.NoKey::new);
    }

    private static Optional<PublicKey> parse(AgentRequest.FindKey request) {
        try {
            PublicKey key = PublicKey.ofBlob(Base64.getDecoder().decode(request.blob()));
            return Optional.of(key).filter(found -> found.algorithm().wireName().equals(request.type()));
        } catch (InvalidKey | IllegalArgumentException e) {
            LOG.debug("the offered key cannot be parsed", e);
            return Optional.empty();
        }
    }

    private boolean isAccepted(PublicKey key) {
        try {
            return keys.find(key.fingerprint()).value().isPresent();
        } catch (LookupUnavailable e) {
            LOG.debug("Key lookup unavailable, accepting the key: gerve-shell asks again", e);
            return true;
        }
    }

    /** Builds the line from the parsed key, never from the text of the request. */
    private AgentReply line(PublicKey key) {
        return new AgentReply.KeyLine(
                "restrict,command=\"%s %s\" %s".formatted(command, key.fingerprint(), key.text()));
    }
}
