package io.gerve.cli;

import io.gerve.keylookup.key.Login;
import io.gerve.keylookup.token.KnownToken;
import io.gerve.keylookup.token.NewToken;
import io.gerve.keylookup.token.Scope;
import io.gerve.keylookup.token.TokenHolder;
import io.gerve.registry.Refused;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gerve token}. */
@Command(
        name = "token",
        header = "Tokens for the REST API.",
        description = {
            "",
            "A token lets a program manage keys in its owner's name, as far as its scopes go: read:public_key, write:public_key (also add),"
                    + " admin:public_key (also delete), and repo for the deploy keys of repositories that its owner administers.",
            "",
            "  gerve token create mojombo --scopes admin:public_key,repo --title 'CI' --expires 90d",
            "  gerve token create --service --scopes admin:public_key,repo --title 'Web application'",
        })
final class TokenCommand extends CommandGroup {
    private static final Table<KnownToken> TOKENS = Table.<KnownToken>rows()
            .column("id", KnownToken::id)
            .column("holder", token -> holder(token.holder()))
            .column("title", KnownToken::title)
            .column(
                    "scopes",
                    token -> token.scopes().stream().sorted().map(Scope::word).toList())
            .column("created", KnownToken::createdAt)
            .column("expires", token -> token.expiry().equals(Instant.MAX) ? "" : token.expiry())
            .column("last_used", token -> token.lastUsedAt().equals(Instant.MIN) ? "" : token.lastUsedAt());

    /** Whose token. */
    static final class Holder {
        @Parameters(paramLabel = "LOGIN", description = "A person's token.")
        private Optional<Login> account = Optional.empty();

        @Option(
                names = "--service",
                description = "The token of the web application, which acts for whom it names in X-Gerve-User.")
        private boolean service;
    }

    @Command(header = "Make a token. It is printed to standard output, this once.")
    int create(
            @ArgGroup(multiplicity = "1") Holder holder,
            @Option(
                            names = "--scopes",
                            paramLabel = "SCOPE",
                            required = true,
                            split = ",",
                            description = "What it allows.")
                    List<Scope> scopes,
            @Option(names = "--title", paramLabel = "TEXT", required = true, description = "What it is for.")
                    String title,
            @Option(names = "--expires", paramLabel = "WHEN", description = "In 90d, or on 2030-01-31.")
                    Optional<Expiry> expires)
            throws Exception {
        try (var site = gerve().open()) {
            var made = site.tokens()
                    .create(newToken(owner(site, holder), title, EnumSet.copyOf(scopes), expires), site.actor());
            gerve().note("Token " + made.known().id() + ". Keep it now: it cannot be shown again.");
            gerve().print(made.token().secret());
        }
        return ExitStatus.DONE;
    }

    @Command(header = "List tokens that are not revoked.")
    int list(@ArgGroup(multiplicity = "1") Holder holder) throws Exception {
        try (var site = gerve().open()) {
            gerve().print(
                            TOKENS,
                            switch (owner(site, holder)) {
                                case NewToken.ForAccount(long id) ->
                                    site.tokens().ofAccount(id);
                                case NewToken.ForService _ -> site.tokens().ofService();
                            });
        }
        return ExitStatus.DONE;
    }

    @Command(header = "Make a token useless, at once.")
    int revoke(@Parameters(paramLabel = "ID", description = "As gerve token list shows it.") long id) throws Exception {
        try (var site = gerve().open()) {
            KnownToken revoked = site.tokens()
                    .revoke(id, site.actor())
                    .orElseThrow(() -> new Refused("There is no token " + id + ". See: gerve token list LOGIN"));
            return done("Token " + id + " of " + holder(revoked.holder()) + " is revoked.");
        }
    }

    private static NewToken.Holder owner(Site site, Holder holder) throws Exception {
        if (holder.service) {
            return new NewToken.ForService();
        }
        Login login = holder.account.orElseThrow();
        return new NewToken.ForAccount(
                site.accounts().show(login).entry().account().id());
    }

    private static NewToken newToken(NewToken.Holder holder, String title, Set<Scope> scopes, Optional<Expiry> expires)
            throws Refused {
        try {
            return new NewToken(
                    holder, title, scopes, expires.orElse(Expiry.NEVER).at());
        } catch (IllegalArgumentException e) {
            throw new Refused("Not made: " + e.getMessage() + ".");
        }
    }

    private static String holder(TokenHolder holder) {
        return switch (holder) {
            case TokenHolder.OfAccount(var account) -> account.login().text();
            case TokenHolder.Service _ -> "the service";
        };
    }
}
