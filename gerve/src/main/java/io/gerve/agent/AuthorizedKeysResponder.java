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
 * Tells sshd which keys to let in. Whoever is registered is let in, revoked and suspended too: gerve-shell tells the reason, where it can
 * be read. So is who cannot be looked up just now, since being let in grants nothing: gerve-shell asks again.
 */
final class AuthorizedKeysResponder {
    private static final Logger LOG = LoggerFactory.getLogger(AuthorizedKeysResponder.class);

    private final KeyDirectory keys;
    private final String user;
    private final String command;

    /** @param usualSocket need not be named to gerve-shell */
    AuthorizedKeysResponder(KeyDirectory keys, AgentSettings settings, Path usualSocket) {
        this.keys = keys;
        this.user = settings.user();
        this.command =
                settings.shell() + (settings.socket().equals(usualSocket) ? "" : " --socket " + settings.socket());
    }

    AgentReply answer(AgentRequest.FindKey question) {
        Optional<PublicKey> key = question.user().equals(user) ? parse(question) : Optional.empty();
        return key.filter(this::isAccepted).<AgentReply>map(this::line).orElseGet(AgentReply.NoKey::new);
    }

    private static Optional<PublicKey> parse(AgentRequest.FindKey question) {
        try {
            PublicKey key = PublicKey.ofBlob(Base64.getDecoder().decode(question.blob()));
            return Optional.of(key).filter(found -> found.algorithm().wireName().equals(question.type()));
        } catch (InvalidKey | IllegalArgumentException e) {
            LOG.debug("somebody offers what is no key", e);
            return Optional.empty();
        }
    }

    private boolean isAccepted(PublicKey key) {
        try {
            return keys.find(key.fingerprint()).value().isPresent();
        } catch (LookupUnavailable e) {
            LOG.debug("a key cannot be looked up; its owner is told so at the first request", e);
            return true;
        }
    }

    /** Built of what was parsed, never of what was asked. */
    private AgentReply line(PublicKey key) {
        return new AgentReply.KeyLine(
                "restrict,command=\"%s %s\" %s".formatted(command, key.fingerprint(), key.text()));
    }
}
