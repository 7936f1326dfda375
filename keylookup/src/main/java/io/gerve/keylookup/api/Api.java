package io.gerve.keylookup.api;

import io.gerve.config.KeylookupSettings;
import io.gerve.keylookup.api.Operation.Call;
import io.gerve.keylookup.http.ClientAddress;
import io.gerve.keylookup.http.Metrics;
import io.gerve.keylookup.http.Part;
import io.gerve.keylookup.http.RateLimits;
import io.gerve.keylookup.http.Reply;
import io.gerve.keylookup.http.Request;
import io.gerve.keylookup.http.Sighting;
import io.gerve.keylookup.key.KeyPolicy;
import io.gerve.keylookup.key.MysqlAccounts;
import io.gerve.keylookup.key.MysqlKeyRegister;
import io.gerve.keylookup.repository.MysqlAdministrators;
import io.gerve.keylookup.token.MysqlTokens;
import io.gerve.keylookup.token.Scope;
import io.gerve.lookup.Changes;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The REST API: who asks, how often they did, what it is they ask for, whether they may. What is not found among the operations is not
 * there. Safe for use by many threads.
 */
public final class Api implements Part {
    private static final Logger LOG = LoggerFactory.getLogger(Api.class);

    /** No page shows or frames what is answered here, and nobody guesses what it is. */
    private static final Map<String, String> ALWAYS = Map.of(
            "Cache-Control", "private, no-cache",
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
            "Referrer-Policy", "no-referrer",
            "Vary", "Authorization, X-Gerve-User",
            "X-Content-Type-Options", "nosniff");

    private final List<Operation> operations;
    private final Callers callers;
    private final RateLimits limits;
    private final Urls urls;

    /** What the API stands on. The caller closes it, after this. */
    public record Stores(Database database, Changes changes, MysqlKeyRegister register, MysqlTokens tokens) {}

    /** How it is asked. */
    public record Doorway(ClientAddress addresses, RateLimits limits, Metrics metrics) {}

    public Api(KeylookupSettings settings, Stores stores, KeyPolicy policy, Doorway doorway, InstantSource clock) {
        this.limits = doorway.limits();
        this.urls = new Urls(settings.url());
        var accounts = new MysqlAccounts(stores.database());
        var administrators = new MysqlAdministrators(stores.database());
        this.operations = Stream.of(
                        new Probes(accounts, stores.changes(), doorway.metrics(), doorway.addresses()).operations(),
                        new Profiles(accounts, limits, settings).operations(),
                        new UserKeys(stores.register(), accounts, policy, urls, clock).operations(),
                        new DeployKeys(stores.register(), administrators, policy, urls, clock).operations())
                .flatMap(List::stream)
                .toList();
        this.callers = new Callers(
                stores.tokens(),
                accounts,
                doorway.addresses(),
                new TokenGuesses(settings.limits().anonymousRequestsPerHour(), System::nanoTime));
    }

    List<Operation> operations() {
        return operations;
    }

    /** What nobody else serves is answered here: programs read the answer. */
    @Override
    public boolean serves(Request request) {
        return true;
    }

    @Override
    public Reply answer(Request request, Sighting sighting) {
        Optional<Match> match = match(request);
        match.ifPresent(found -> sighting.operation(found.operation().path()));
        return finished(request, answerCaller(request, match, sighting));
    }

    @Override
    public Reply fail(Request request, Failure failure) {
        return finished(
                request,
                refuse(
                        switch (failure) {
                            case BUSY -> Refusal.tryAgain();
                            case BUG -> Refusal.bug();
                        }));
    }

    private static Reply finished(Request request, Reply reply) {
        return reply.with(ALWAYS).with("X-GitHub-Request-Id", request.id());
    }

    private record Match(Operation operation, Map<String, String> parts) {}

    private Optional<Match> match(Request request) {
        return operations.stream()
                .flatMap(operation -> operation.match(request).map(parts -> new Match(operation, parts)).stream())
                .findFirst();
    }

    /** Who brings a wrong token is counted as who brings none, so that guessing costs what it should. */
    private Reply answerCaller(Request request, Optional<Match> match, Sighting sighting) {
        Caller caller = callers.anonymous(request);
        if (match.filter(found -> found.operation().access() instanceof Operation.Attendant)
                .isPresent()) {
            return answer(request, caller, match);
        }
        Optional<Refusal> stranger = Optional.empty();
        try {
            caller = callers.caller(request);
        } catch (Refusal refusal) {
            stranger = Optional.of(refusal);
        } catch (LookupUnavailable e) {
            return unavailable(request, e);
        }
        RateLimits.Share share = caller.share(limits);
        sighting.caller(share.bucket());
        RateLimits.Allowance allowance = limits.count(share);
        if (allowance.isExceeded()) {
            return refuse(Refusal.forbidden("API rate limit exceeded for " + share.bucket() + "."))
                    .with(allowance.headers());
        }
        if (stranger.isPresent()) {
            return refuse(stranger.get()).with(allowance.headers());
        }
        var headers = new LinkedHashMap<>(allowance.headers());
        headers.putAll(scopes(caller, match));
        Reply reply = conditional(request, caller, answer(request, caller, match));
        headers.putAll(reply.headers());
        return reply.with(headers);
    }

    private Reply answer(Request request, Caller caller, Optional<Match> match) {
        try {
            Match found = match.orElseThrow(Refusal::notFound);
            refuseUnlessAllowed(found.operation().access(), caller);
            return found.operation().handler().reply(new Call(request, caller, found.parts()));
        } catch (Refusal refusal) {
            return refuse(refusal);
        } catch (LookupUnavailable e) {
            return unavailable(request, e);
        }
    }

    private static void refuseUnlessAllowed(Operation.Access access, Caller caller) throws Refusal {
        switch (access) {
            case Operation.Anybody _, Operation.Attendant _ -> {}
            case Operation.AnyToken _ -> person(caller);
            case Operation.Holders(Scope scope) -> {
                if (!person(caller).token().allows(scope)) {
                    throw Refusal.forbidden("This token lacks the scope " + scope.word() + ".");
                }
            }
        }
    }

    private static Caller.Person person(Caller caller) throws Refusal {
        return switch (caller) {
            case Caller.Person person -> person;
            case Caller.Anonymous _ -> throw Refusal.authenticationMissing();
        };
    }

    private Reply conditional(Request request, Caller caller, Reply reply) {
        if (reply.status() != Reply.OK) {
            return reply;
        }
        EntityTag tag = EntityTag.of(reply);
        boolean isUnchanged = request.headers().getOrDefault("if-none-match", List.of()).stream()
                .anyMatch(tag::isIn);
        if (!isUnchanged) {
            return reply.with("ETag", tag.text());
        }
        // GitHub does not count what has not changed, so that asking often by a condition costs nothing.
        return Reply.empty(304)
                .with(limits.uncount(caller.share(limits)).headers())
                .with("ETag", tag.text());
    }

    private static Map<String, String> scopes(Caller caller, Optional<Match> match) {
        return switch (caller) {
            case Caller.Anonymous _ -> Map.of();
            case Caller.Person person ->
                Map.of(
                        "X-OAuth-Scopes", Scope.words(person.token().scopes(), ", "),
                        "X-Accepted-OAuth-Scopes", match.map(Api::acceptedScope).orElse(""));
        };
    }

    private static String acceptedScope(Match match) {
        return switch (match.operation().access()) {
            case Operation.Holders(Scope scope) -> Scope.words(Set.of(scope), ", ");
            case Operation.Anybody _, Operation.Attendant _, Operation.AnyToken _ -> "";
        };
    }

    private Reply unavailable(Request request, LookupUnavailable e) {
        LOG.atWarn().addKeyValue("request", request.id()).log("could not find out: {}", e.toString());
        return refuse(Refusal.tryAgain());
    }

    private Reply refuse(Refusal refusal) {
        return refusal.reply(urls.documentation());
    }
}
