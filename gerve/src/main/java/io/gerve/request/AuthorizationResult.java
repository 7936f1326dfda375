package io.gerve.request;

import io.gerve.access.Decision;
import io.gerve.accesslog.RequestDecision;
import io.gerve.git.GitCommand;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.routing.Route;

/** Result of the authorization of a request. */
public sealed interface AuthorizationResult {
    /** The request may run on a host of the route. */
    record Authorized(RegisteredKey key, GitCommand command, Decision.Allowed decision, Route route)
            implements AuthorizationResult {}

    /** The client sent a self-service command. */
    record SelfService(RegisteredKey key, SelfServiceCommand command) implements AuthorizationResult {}

    /**
     * The request ends with a message to the client.
     *
     * @param decision decision as the log records it
     * @param rule deciding rule as the log records it
     */
    record Answered(ClientMessage message, RequestDecision decision, String rule) implements AuthorizationResult {
        static Answered greeted(ClientMessage message) {
            return new Answered(message, RequestDecision.GREETED, "no_command");
        }

        public static Answered invalid(String execLine) {
            return new Answered(ClientMessage.invalidCommand(execLine), RequestDecision.DENIED, "invalid_command");
        }

        static Answered denied(Decision.Denied denied, ClientMessage message) {
            return new Answered(message, RequestDecision.DENIED, denied.rule().label());
        }

        public static Answered unavailable() {
            return new Answered(ClientMessage.CANNOT_CHECK, RequestDecision.UNAVAILABLE, "lookup_failed");
        }

        public static Answered overLimit(ClientMessage message, String limit) {
            return new Answered(message, RequestDecision.LIMITED, limit);
        }
    }

    /** Returns the name of the principal for messages and the log. */
    static String displayName(Principal principal) {
        return switch (principal) {
            case Principal.OfAccount(var account) -> account.login().text();
            case Principal.OfDeployKey(var repository) -> repository;
        };
    }
}
