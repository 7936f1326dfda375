package io.gerve.session;

import io.gerve.access.Decision;
import io.gerve.chimney.Route;
import io.gerve.git.GitCommand;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KnownKey;

/** What is to become of a request. */
sealed interface Verdict {
    /** The request goes on to a host of the route. */
    record Admitted(KnownKey key, GitCommand command, Decision.Allowed decision, Route route) implements Verdict {}

    /** The client asks about itself. */
    record Asked(KnownKey key, OwnQuestion question) implements Verdict {}

    /**
     * The client is told something, and that was all.
     *
     * @param kind as the log spells it
     * @param rule what decided, as the log spells it
     */
    record Told(ClientMessage message, String kind, String rule) implements Verdict {
        static Told greeted(ClientMessage message) {
            return new Told(message, "greeted", "no-command");
        }

        static Told invalid(String execLine) {
            return new Told(ClientMessage.invalidCommand(execLine), "denied", "invalid-command");
        }

        static Told denied(Decision.Denied denied, ClientMessage message) {
            return new Told(message, "denied", denied.rule().word());
        }

        static Told unavailable() {
            return new Told(ClientMessage.CANNOT_CHECK, "unavailable", "look-up-failed");
        }

        static Told limited(ClientMessage message, String limit) {
            return new Told(message, "limited", limit);
        }
    }

    /** How a message and a log line name the holder of a key. */
    static String nameOf(KeyHolder holder) {
        return switch (holder) {
            case KeyHolder.OfAccount(var account) -> account.login().text();
            case KeyHolder.Deploy(var repository) -> repository;
        };
    }
}
