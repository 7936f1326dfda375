package io.gerve.request;

import io.gerve.access.Decision;
import io.gerve.git.GitCommand;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.routing.Route;

/** What is to become of a request. */
public sealed interface AuthorizationResult {
    /** The request goes on to a host of the route. */
    record Authorized(RegisteredKey key, GitCommand command, Decision.Allowed decision, Route route)
            implements AuthorizationResult {}

    /** The client asks about itself. */
    record SelfService(RegisteredKey key, SelfServiceCommand command) implements AuthorizationResult {}

    /**
     * The client is told something, and that was all.
     *
     * @param decision as the log spells it
     * @param rule what decided, as the log spells it
     */
    record Answered(ClientMessage message, String decision, String rule) implements AuthorizationResult {
        static Answered greeted(ClientMessage message) {
            return new Answered(message, "greeted", "no_command");
        }

        public static Answered invalid(String execLine) {
            return new Answered(ClientMessage.invalidCommand(execLine), "denied", "invalid_command");
        }

        static Answered denied(Decision.Denied denied, ClientMessage message) {
            return new Answered(message, "denied", denied.rule().label());
        }

        public static Answered unavailable() {
            return new Answered(ClientMessage.CANNOT_CHECK, "unavailable", "lookup_failed");
        }

        public static Answered overLimit(ClientMessage message, String limit) {
            return new Answered(message, "limited", limit);
        }
    }

    /** How a message and a log line name the holder of a key. */
    static String displayName(Principal holder) {
        return switch (holder) {
            case Principal.OfAccount(var account) -> account.login().text();
            case Principal.OfDeployKey(var repository) -> repository;
        };
    }
}
