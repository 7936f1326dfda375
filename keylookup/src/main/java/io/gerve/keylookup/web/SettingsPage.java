package io.gerve.keylookup.web;

import io.gerve.config.KeylookupSettings;
import io.gerve.keylookup.http.ClientAddress;
import io.gerve.keylookup.http.Malformed;
import io.gerve.keylookup.http.Part;
import io.gerve.keylookup.http.RateLimits;
import io.gerve.keylookup.http.Reply;
import io.gerve.keylookup.http.Request;
import io.gerve.keylookup.http.Sighting;
import io.gerve.keylookup.key.KeyPolicy;
import io.gerve.keylookup.key.MysqlKeyRegister;
import io.gerve.keylookup.repository.MysqlAdministrators;
import io.gerve.keylookup.token.MysqlTokens;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings page: who visits, whether they may, and whether a form that was sent is one of ours. Safe for use by many threads.
 */
public final class SettingsPage implements Part {
    private static final Logger LOG = LoggerFactory.getLogger(SettingsPage.class);

    /**
     * Nothing but our own style sheet is loaded, no script runs, no other site frames the page or is sent its forms. The referrer policy
     * is not stricter because browsers would then not say of a form where it was.
     */
    private static final Map<String, String> ALWAYS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Referrer-Policy",
            "same-origin",
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY");

    private final List<Route> routes;
    private final Visitors visitors;
    private final MysqlSessions sessions;
    private final RateLimits limits;
    private final FormGuard guard;
    private final Pages pages;

    /** What the page stands on. The caller closes it, after this. */
    public record Stores(
            Database database, MysqlKeyRegister register, MysqlTokens tokens, MysqlAdministrators administrators) {}

    /**
     * How it is visited.
     *
     * @param chance must not be guessable
     */
    public record Doorway(ClientAddress addresses, RateLimits limits, RandomGenerator chance) {}

    public SettingsPage(
            KeylookupSettings settings, Stores stores, KeyPolicy policy, Doorway doorway, InstantSource clock) {
        var cookie = new SessionCookie(settings.url());
        this.pages = new Pages(settings.url());
        this.guard = new FormGuard(settings.url());
        this.limits = doorway.limits();
        this.sessions = new MysqlSessions(stores.database(), stores.tokens(), settings.sessions(), clock);
        this.visitors = new Visitors(sessions, cookie, doorway.addresses(), doorway.chance());
        var doorman = new SignIn.Doorman(doorway.addresses(), limits, cookie);
        this.routes = Stream.of(
                        new SignIn(stores.tokens(), sessions, doorman, pages, doorway.chance()).routes(),
                        new KeyPages(stores, sessions, policy, pages, clock).routes(),
                        new RepositoryPages(stores.administrators(), pages).routes())
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public boolean serves(Request request) {
        String first = request.path().getFirst();
        return first.equals("settings") || request.path().equals(List.of(""));
    }

    @Override
    public Reply answer(Request request, Sighting sighting) {
        if (request.path().equals(List.of("settings", pages.styleSheetName()))) {
            sighting.operation("/settings/style.css");
            return dressed(request, pages.style());
        }
        try {
            return dressed(request, visit(request, sighting));
        } catch (Problem problem) {
            return dressed(request, pages.problem(problem, request));
        } catch (Malformed e) {
            return dressed(request, pages.problem(Problem.malformed(e.status(), e.sentence()), request));
        } catch (LookupUnavailable e) {
            LOG.atWarn().addKeyValue("request", request.id()).log("could not find out: {}", e.toString());
            return fail(request, Failure.BUSY);
        }
    }

    @Override
    public Reply fail(Request request, Failure failure) {
        Problem problem = switch (failure) {
            case BUSY -> Problem.tryAgain();
            case BUG -> Problem.bug();
        };
        return dressed(request, pages.problem(problem, request));
    }

    private Reply visit(Request request, Sighting sighting) throws Problem, Malformed, LookupUnavailable {
        Visitor visitor = visitors.visitor(request);
        RateLimits.Share share = visitor.share(limits);
        sighting.caller(share.bucket());
        if (limits.count(share).isExceeded()) {
            throw Problem.tooMany();
        }
        Match match = match(request);
        sighting.operation(match.route().path().text());
        Form form = Form.EMPTY;
        if (match.route().method() == Route.Method.POST) {
            form = Form.read(request);
            guard.refuseForeign(request, form, visitor.secret());
        }
        Visit visit = new Visit(request, match.parts(), visitor, form);
        Reply reply = isLetIn(match.route().access(), visit)
                ? match.route().handler().reply(visit)
                : pages.redirect(SignIn.PATH + "?again");
        forgetNotice(visitor, reply);
        return reply;
    }

    private record Match(Route route, Map<String, String> parts) {}

    private Match match(Request request) throws Problem {
        List<Match> here = routes.stream()
                .flatMap(route -> route.path().match(request).map(parts -> new Match(route, parts)).stream())
                .toList();
        if (here.isEmpty()) {
            throw Problem.notFound();
        }
        String method = request.method().equals("HEAD") ? "GET" : request.method();
        Optional<Match> match = here.stream()
                .filter(candidate -> candidate.route().method().name().equals(method))
                .findFirst();
        return match.orElseThrow(Problem::wrongMethod);
    }

    /** @return false if they have to sign in first */
    private static boolean isLetIn(Route.Access access, Visit visit) throws Problem {
        return switch (visit.visitor()) {
            case Visitor.Stranger _ -> access instanceof Route.Anybody;
            case Visitor.Member member -> {
                if (access instanceof Route.Holders(var scope) && !member.may(scope)) {
                    throw Problem.forbidden("The token with which you signed in lacks the scope " + scope.word()
                            + ". Sign out, and in again with another one.");
                }
                yield true;
            }
        };
    }

    private void forgetNotice(Visitor visitor, Reply reply) throws LookupUnavailable {
        if (visitor instanceof Visitor.Member member && !member.notice().isEmpty() && reply.status() == Reply.OK) {
            sessions.notice(member.secret(), "");
        }
    }

    private static Reply dressed(Request request, Reply reply) {
        String cache = reply.headers().getOrDefault("Cache-Control", "no-store");
        return reply.with(ALWAYS).with("Cache-Control", cache).with("X-Request-Id", request.id());
    }
}
