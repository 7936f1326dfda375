package io.gerve.keylookup.api;

import io.gerve.keylookup.api.Operation.Call;
import io.gerve.keylookup.token.Scope;
import io.gerve.lookup.LookupUnavailable;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests: who asks, how often they did, what it is they ask for, whether they may. What is not found among the operations is
 * not there. Safe for use by many threads.
 */
final class Api {
    private static final Logger LOG = LoggerFactory.getLogger(Api.class);
    private static final String UNKNOWN = "unknown";

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
    private final Metrics metrics;
    private final Urls urls;
    private final Semaphore places;
    private final LongSupplier nanoTime;

    /** @param requestsMax under way at one time */
    Api(
            List<Operation> operations,
            Callers callers,
            RateLimits limits,
            Metrics metrics,
            Urls urls,
            int requestsMax,
            LongSupplier nanoTime) {
        this.operations = List.copyOf(operations);
        this.callers = callers;
        this.limits = limits;
        this.metrics = metrics;
        this.urls = urls;
        this.places = new Semaphore(requestsMax);
        this.nanoTime = nanoTime;
    }

    /** Never throws: a bug is logged and told as one. */
    Reply answer(Request request) {
        long start = nanoTime.getAsLong();
        metrics.started();
        Optional<Match> match = match(request);
        var seen = new Sighting();
        Reply reply = answerInPlace(request, match, seen).with(ALWAYS).with("X-GitHub-Request-Id", request.id());
        Duration took = Duration.ofNanos(nanoTime.getAsLong() - start);
        String operation = match.map(found -> found.operation().path()).orElse(UNKNOWN);
        metrics.ended(operation, reply.status(), took);
        LOG.atInfo()
                .addKeyValue("request", request.id())
                .addKeyValue("method", request.method())
                .addKeyValue("operation", operation)
                .addKeyValue("caller", seen.caller)
                .addKeyValue("status", reply.status())
                .addKeyValue("bytes", reply.body().length())
                .addKeyValue("ms", took.toMillis())
                .log("answered");
        return reply;
    }

    private record Match(Operation operation, Map<String, String> parts) {}

    /** Who asked, for the log. */
    private static final class Sighting {
        private String caller = "-";
    }

    private Optional<Match> match(Request request) {
        return operations.stream()
                .flatMap(operation -> operation.match(request).map(parts -> new Match(operation, parts)).stream())
                .findFirst();
    }

    private Reply answerInPlace(Request request, Optional<Match> match, Sighting seen) {
        if (!places.tryAcquire()) {
            return refuse(Refusal.tryAgain());
        }
        try {
            return answerCaller(request, match, seen);
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).addKeyValue("request", request.id()).log("a request failed on a bug");
            return refuse(Refusal.bug());
        } finally {
            places.release();
        }
    }

    /** Who brings a wrong token is counted as who brings none, so that guessing costs what it should. */
    private Reply answerCaller(Request request, Optional<Match> match, Sighting seen) {
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
        seen.caller = caller.bucket();
        RateLimits.Allowance allowance = limits.count(caller);
        if (allowance.isExceeded()) {
            return refuse(Refusal.forbidden("API rate limit exceeded for " + caller.bucket() + "."))
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
        return Reply.empty(304).with(limits.uncount(caller).headers()).with("ETag", tag.text());
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
