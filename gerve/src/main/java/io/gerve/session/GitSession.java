package io.gerve.session;

import io.gerve.fileserver.FileServers;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.RequestId;
import io.gerve.relay.Relay;
import io.gerve.request.AuthorizationResult;
import io.gerve.request.ClientMessage;
import io.gerve.request.ClientMessenger;
import io.gerve.request.ClientRequest;
import io.gerve.request.ClientStreams;
import io.gerve.request.EndedBy;
import io.gerve.request.ExitResult;
import io.gerve.request.LiveSession;
import io.gerve.request.RequestAuthorizer;
import io.gerve.request.RequestContext;
import io.gerve.request.RequestEnd;
import io.gerve.request.RequestRecorder;
import io.gerve.request.RequestRunner;
import io.gerve.request.SelfServiceAnswers;
import io.gerve.request.TransferMonitor;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one request, from its line to its exit status: who, what, may they, where, join. Safe for use by many threads. */
public final class GitSession implements RequestRunner {
    private static final Logger LOG = LoggerFactory.getLogger(GitSession.class);

    private final RequestAuthorizer authorizer;
    private final FileServers fileServers;
    private final SessionSlots slots;
    private final LiveSessions liveSessions;
    private final SelfServiceAnswers answers;
    private final RequestRecorder recorder;

    public GitSession(
            RequestAuthorizer admission,
            FileServers fileServers,
            SessionSlots slots,
            LiveSessions live,
            SelfServiceAnswers answers,
            RequestRecorder books) {
        this.authorizer = admission;
        this.fileServers = fileServers;
        this.slots = slots;
        this.liveSessions = live;
        this.answers = answers;
        this.recorder = books;
    }

    @Override
    public ExitResult run(ClientRequest request, ClientStreams client) {
        RequestContext trace = recorder.begin(request);
        var traffic = new TransferMonitor();
        RequestEnd ended;
        try {
            ended = answer(request, client, trace, traffic);
        } catch (RuntimeException bug) {
            LOG.atError().setCause(bug).addKeyValue("request_id", trace.id()).log("a request ended in a bug");
            trace.failed();
            ended = new ClientMessenger(client, trace).send(ClientMessage.INTERNAL, EndedBy.GATE);
        }
        recorder.end(trace, traffic, ended);
        return ended.exit();
    }

    private RequestEnd answer(
            ClientRequest request, ClientStreams client, RequestContext trace, TransferMonitor traffic) {
        long changesHeard = liveSessions.invalidationCount();
        return switch (authorizer.authorize(request, trace)) {
            case AuthorizationResult.Answered told -> send(told, client, trace);
            case AuthorizationResult.SelfService asked ->
                takeSlot(asked.key(), client, trace, () -> answerSelfService(asked, request, client, trace));
            case AuthorizationResult.Authorized admitted -> {
                recorder.keyUsed(admitted.key());
                if (admitted.command().service().writes()) {
                    traffic.observePush();
                }
                var join = new Relay(fileServers, admitted, client, trace, traffic);
                var session = new LiveSession(
                        admitted.key(),
                        admitted.command(),
                        admitted.decision().repository(),
                        admitted.route(),
                        join::end);
                Map<String, String> environment = environment(admitted, request, trace.id());
                yield takeSlot(session.key(), client, trace, () -> {
                    liveSessions.add(session, changesHeard);
                    try {
                        return join.run(environment);
                    } finally {
                        liveSessions.remove(session);
                    }
                });
            }
        };
    }

    private RequestEnd answerSelfService(
            AuthorizationResult.SelfService asked, ClientRequest request, ClientStreams client, RequestContext trace) {
        try {
            Optional<String> answer = answers.answer(asked.key(), asked.command());
            if (answer.isEmpty()) {
                return send(AuthorizationResult.Answered.invalid(request.execLine()), client, trace);
            }
            recorder.keyUsed(asked.key());
            trace.selfService(asked.command());
            return new ClientMessenger(client, trace).answer(answer.get());
        } catch (LookupUnavailable e) {
            LOG.atWarn().setCause(e).addKeyValue("request_id", trace.id()).log("a question could not be answered");
            return send(AuthorizationResult.Answered.unavailable(), client, trace);
        }
    }

    private RequestEnd takeSlot(
            RegisteredKey key, ClientStreams client, RequestContext trace, Supplier<RequestEnd> run) {
        return switch (slots.tryTake(slotKey(key))) {
            case SessionSlots.Attempt.Taken(SessionSlots.Slot slot) -> {
                try (slot) {
                    yield run.get();
                }
            }
            case SessionSlots.Attempt.NoneFree() ->
                send(AuthorizationResult.Answered.overLimit(ClientMessage.OVERLOADED, "sessions_max"), client, trace);
            case SessionSlots.Attempt.PrincipalAtLimit(int max) -> {
                ClientMessage message = ClientMessage.tooMany(AuthorizationResult.displayName(key.principal()), max);
                yield send(AuthorizationResult.Answered.overLimit(message, "sessions_per_account_max"), client, trace);
            }
        };
    }

    private static RequestEnd send(AuthorizationResult.Answered told, ClientStreams client, RequestContext trace) {
        trace.answered(told);
        return new ClientMessenger(client, trace).send(told.message(), EndedBy.GATE);
    }

    private static String slotKey(RegisteredKey key) {
        return switch (key.principal()) {
            case Principal.OfAccount(var account) -> account.login().lowerCase();
            case Principal.OfDeployKey _ -> key.fingerprint().text();
        };
    }

    /** What hooks on the file server are told. Each value is of a closed form: nothing that a user chose can change another's meaning. */
    static Map<String, String> environment(
            AuthorizationResult.Authorized admitted, ClientRequest request, RequestId id) {
        Map<String, String> environment = new TreeMap<>();
        if (!request.protocol().text().isEmpty()) {
            environment.put("GIT_PROTOCOL", request.protocol().text());
        }
        if (admitted.key().principal() instanceof Principal.OfAccount(var account)) {
            environment.put("GERVE_ACCOUNT", account.login().text());
        }
        environment.put("GERVE_ADDRESS", request.address().getHostAddress());
        environment.put("GERVE_KEY", admitted.key().fingerprint().text());
        environment.put("GERVE_KEY_ID", Long.toString(admitted.key().id()));
        environment.put(
                "GERVE_REPOSITORY", admitted.decision().repository().name().toString());
        environment.put("GERVE_REQUEST", id.text());
        return environment;
    }
}
