package io.gerve.request;

import io.gerve.access.DecidingRule;
import io.gerve.access.Decision;
import io.gerve.accesslog.RequestDecision;
import io.gerve.git.GitCommand;
import io.gerve.git.RepositoryPath;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.program.RequestId;
import io.gerve.routing.FileServerHost;
import io.gerve.routing.Route;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What becomes of a request: the gate runs it, or answers it with a message. The frontends carry it out, and {@code
 * gerve explain} prints it.
 */
public sealed interface AuthorizationResult {
    RequestDecision decision();

    /** Returns the rule that decided. */
    DecidingRule rule();

    /** Returns the message that the client receives from the gate, before any output of the command. */
    Optional<ClientMessage> message();

    /** The command may run on a host of the route. */
    record Authorized(RegisteredKey key, GitCommand command, Decision.Allowed allowed, Route route)
            implements AuthorizationResult {
        @Override
        public RequestDecision decision() {
            return RequestDecision.ALLOWED;
        }

        @Override
        public DecidingRule rule() {
            return allowed.rule();
        }

        /** Returns the note to a client that used a former name of the repository. */
        @Override
        public Optional<ClientMessage> message() {
            return allowed.isRedirected()
                    ? Optional.of(ClientMessage.moved(
                            allowed.requestedName(), allowed.repository().name()))
                    : Optional.empty();
        }

        /** Returns the hosts that can run the command, in the order in which to try them. */
        public List<FileServerHost> hosts() {
            return command.service().writes() ? route.writeHosts() : route.readHosts();
        }

        public RepositoryPath path() {
            return new RepositoryPath(allowed.repository().name());
        }

        /** Returns the only command that a host may be sent. */
        public String remoteCommand() {
            return path().command(command.service());
        }

        /**
         * Returns the environment for hooks on the file server. Each value has a restricted form, so that no user input
         * can change the meaning of another variable.
         */
        public Map<String, String> environment(ClientRequest request, RequestId id) {
            Map<String, String> environment = new TreeMap<>();
            if (!request.protocol().text().isEmpty()) {
                environment.put("GIT_PROTOCOL", request.protocol().text());
            }
            if (key.principal() instanceof Principal.OfAccount(var account)) {
                environment.put("GERVE_ACCOUNT", account.login().text());
            }
            environment.put("GERVE_ADDRESS", request.address().getHostAddress());
            environment.put("GERVE_KEY", key.fingerprint().text());
            environment.put("GERVE_KEY_ID", Long.toString(key.id()));
            environment.put("GERVE_REPOSITORY", allowed.repository().name().toString());
            environment.put("GERVE_REQUEST", id.text());
            return environment;
        }
    }

    /** The client asked about itself. The answer is still to be found, unless self-service commands are disabled. */
    record SelfService(RegisteredKey key, SelfServiceCommand command) implements AuthorizationResult {
        @Override
        public RequestDecision decision() {
            return rule().decision();
        }

        @Override
        public RequestRule rule() {
            return command.rule();
        }

        @Override
        public Optional<ClientMessage> message() {
            return Optional.empty();
        }
    }

    /**
     * The client may use the LFS server of the site.
     *
     * @param answer returns the text for standard output, which holds a new token
     */
    record LfsAllowed(RegisteredKey key, Decision.Allowed allowed, Supplier<String> answer)
            implements AuthorizationResult {
        @Override
        public RequestDecision decision() {
            return RequestDecision.ALLOWED;
        }

        @Override
        public DecidingRule rule() {
            return allowed.rule();
        }

        @Override
        public Optional<ClientMessage> message() {
            return Optional.empty();
        }
    }

    /** The request ends with a message to the client. */
    record Answered(ClientMessage answer, RequestDecision decision, DecidingRule rule) implements AuthorizationResult {
        private Answered(RequestRule rule, ClientMessage answer) {
            this(answer, rule.decision(), rule);
        }

        /**
         * @param principalName name of the account, or of the repository of the deploy key
         * @param repositoryName repository as the client named it
         */
        static Answered denied(Decision.Denied denied, String principalName, String repositoryName) {
            return new Answered(
                    ClientMessage.denied(denied, principalName, repositoryName), RequestDecision.DENIED, denied.rule());
        }

        static Answered greeted(Principal principal) {
            return new Answered(RequestRule.NO_COMMAND, ClientMessage.greeting(principal.displayName()));
        }

        public static Answered invalid(String execLine) {
            return new Answered(RequestRule.INVALID_COMMAND, ClientMessage.invalidCommand(execLine));
        }

        static Answered invalidRepository() {
            return new Answered(RequestRule.INVALID_REPOSITORY, ClientMessage.NOT_FOUND);
        }

        public static Answered noKey() {
            return new Answered(RequestRule.NO_KEY, ClientMessage.NO_KEY);
        }

        public static Answered unavailable() {
            return new Answered(RequestRule.LOOKUP_FAILED, ClientMessage.CANNOT_CHECK);
        }

        static Answered noRoute() {
            return new Answered(RequestRule.NO_ROUTE, ClientMessage.CANNOT_CHECK);
        }

        public static Answered overloaded() {
            return new Answered(RequestRule.SESSIONS_MAX, ClientMessage.OVERLOADED);
        }

        /** @param running number of commands that the principal runs, which are as many as it may run now */
        public static Answered tooMany(Principal principal, int running) {
            return new Answered(
                    RequestRule.SESSIONS_PER_ACCOUNT_MAX, ClientMessage.tooMany(principal.displayName(), running));
        }

        public static Answered failed() {
            return new Answered(RequestRule.INTERNAL, ClientMessage.INTERNAL);
        }

        @Override
        public Optional<ClientMessage> message() {
            return Optional.of(answer);
        }
    }
}
