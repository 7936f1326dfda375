package io.gerve.cli;

import io.gerve.admin.ChangeRefused;
import io.gerve.cli.option.Expiry;
import io.gerve.cli.output.Table;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.token.NewToken;
import io.gerve.keylookup.token.TokenDetails;
import io.gerve.keylookup.token.TokenOwner;
import io.gerve.keylookup.token.TokenScope;
import io.gerve.program.ExitStatus;
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
        header = "Create, list and delete tokens for the REST API.",
        description = {
            "",
            "A program with a token manages keys on behalf of the token's owner. Scopes: read:public_key;"
                    + " write:public_key (also add);"
                    + " admin:public_key (also delete); repo (deploy keys of repositories on which the owner has"
                    + " admin).",
            "",
            "  gerve token create mojombo --scopes admin:public_key,repo --title 'CI' --expires 90d",
            "  gerve token create --service --scopes admin:public_key,repo --title 'Web application'",
        })
final class TokenCommand extends CommandGroup {
    private static final Table<TokenDetails> TOKENS = Table.<TokenDetails>rows()
            .column("id", TokenDetails::id)
            .column("owner", token -> name(token.owner()))
            .column("title", TokenDetails::title)
            .column(
                    "scopes",
                    token -> token.scopes().stream()
                            .sorted()
                            .map(TokenScope::label)
                            .toList())
            .column("created_at", TokenDetails::createdAt)
            .column("expires_at", token -> token.expiry().equals(Instant.MAX) ? "" : token.expiry())
            .column("last_used_at", token -> token.lastUsedAt().equals(Instant.MIN) ? "" : token.lastUsedAt());

    /** Owner of a token. */
    static final class Owner {
        @Parameters(paramLabel = "LOGIN", description = "The user who owns the token.")
        private Optional<Login> account = Optional.empty();

        @Option(
                names = "--service",
                description = "The token of the web application, which names in X-Gerve-User the user it acts for.")
        private boolean service;
    }

    @Command(header = "Create a token, and print it. It cannot be shown again.")
    int create(
            @ArgGroup(multiplicity = "1") Owner owner,
            @Option(
                            names = "--scopes",
                            paramLabel = "SCOPE",
                            required = true,
                            split = ",",
                            description = "What the token allows. May be given more than once.")
                    List<TokenScope> scopes,
            @Option(names = "--title", paramLabel = "TEXT", required = true, description = "What the token is for.")
                    String title,
            @Option(
                            names = "--expires",
                            paramLabel = "WHEN",
                            description = "In 90d, or on 2030-01-31. At most 100 years ahead.")
                    Optional<Expiry> expires)
            throws Exception {
        try (var site = gerve().open()) {
            var created = site.tokens()
                    .create(newToken(resolve(site, owner), title, EnumSet.copyOf(scopes), expires), site.actor());
            gerve().note("Token " + created.details().id() + " is created. Keep it now: it cannot be shown again.");
            gerve().print(created.token().secret());
        }
        return ExitStatus.DONE;
    }

    @Command(header = "List the tokens of a user or of the web application.")
    int list(@ArgGroup(multiplicity = "1") Owner owner) throws Exception {
        try (var site = gerve().open()) {
            gerve().print(
                            TOKENS,
                            switch (resolve(site, owner)) {
                                case NewToken.ForAccount(long id) ->
                                    site.tokens().ofAccount(id);
                                case NewToken.ForService _ -> site.tokens().ofService();
                            });
        }
        return ExitStatus.DONE;
    }

    @Command(header = "Delete a token. It stops working at once.")
    int delete(@Parameters(paramLabel = "ID", description = "The id that gerve token list shows.") long id)
            throws Exception {
        try (var site = gerve().open()) {
            TokenDetails deleted = site.tokens()
                    .revoke(id, site.actor())
                    .orElseThrow(() -> new ChangeRefused("There is no token " + id + ". See: gerve token list LOGIN"));
            return done("Token " + id + " of " + name(deleted.owner()) + " is deleted.");
        }
    }

    private static NewToken.Owner resolve(SiteConnection site, Owner owner) throws Exception {
        if (owner.service) {
            return new NewToken.ForService();
        }
        Login login = owner.account.orElseThrow();
        return new NewToken.ForAccount(
                site.accounts().show(login).details().account().id());
    }

    private static NewToken newToken(
            NewToken.Owner owner, String title, Set<TokenScope> scopes, Optional<Expiry> expires) throws ChangeRefused {
        try {
            return new NewToken(
                    owner, title, scopes, expires.orElse(Expiry.NEVER).at());
        } catch (IllegalArgumentException e) {
            throw new ChangeRefused("Not created: " + e.getMessage() + ".");
        }
    }

    private static String name(TokenOwner owner) {
        return switch (owner) {
            case TokenOwner.OfAccount(var account) -> account.login().text();
            case TokenOwner.Service _ -> "service";
        };
    }
}
