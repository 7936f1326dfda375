package io.gerve.cli;

import io.gerve.admin.ChangeRefused;
import io.gerve.cli.option.Expiry;
import io.gerve.cli.output.Table;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.token.NewToken;
import io.gerve.keylookup.token.TokenDetails;
import io.gerve.keylookup.token.TokenOwner;
import io.gerve.keylookup.token.TokenScope;
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
    private static final Table<TokenDetails> TOKENS = Table.<TokenDetails>rows()
            .column("id", TokenDetails::id)
            .column("holder", token -> holder(token.owner()))
            .column("title", TokenDetails::title)
            .column(
                    "scopes",
                    token -> token.scopes().stream()
                            .sorted()
                            .map(TokenScope::label)
                            .toList())
            .column("created", TokenDetails::createdAt)
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
                    List<TokenScope> scopes,
            @Option(names = "--title", paramLabel = "TEXT", required = true, description = "What it is for.")
                    String title,
            @Option(names = "--expires", paramLabel = "WHEN", description = "In 90d, or on 2030-01-31.")
                    Optional<Expiry> expires)
            throws Exception {
        try (var site = gerve().open()) {
            var made = site.tokens()
                    .create(newToken(owner(site, holder), title, EnumSet.copyOf(scopes), expires), site.actor());
            gerve().note("Token " + made.details().id() + ". Keep it now: it cannot be shown again.");
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
            TokenDetails revoked = site.tokens()
                    .revoke(id, site.actor())
                    .orElseThrow(() -> new ChangeRefused("There is no token " + id + ". See: gerve token list LOGIN"));
            return done("Token " + id + " of " + holder(revoked.owner()) + " is revoked.");
        }
    }

    private static NewToken.Owner owner(SiteConnection site, Holder holder) throws Exception {
        if (holder.service) {
            return new NewToken.ForService();
        }
        Login login = holder.account.orElseThrow();
        return new NewToken.ForAccount(
                site.accounts().show(login).entry().account().id());
    }

    private static NewToken newToken(
            NewToken.Owner holder, String title, Set<TokenScope> scopes, Optional<Expiry> expires)
            throws ChangeRefused {
        try {
            return new NewToken(
                    holder, title, scopes, expires.orElse(Expiry.NEVER).at());
        } catch (IllegalArgumentException e) {
            throw new ChangeRefused("Not made: " + e.getMessage() + ".");
        }
    }

    private static String holder(TokenOwner holder) {
        return switch (holder) {
            case TokenOwner.OfAccount(var account) -> account.login().text();
            case TokenOwner.Service _ -> "the service";
        };
    }
}
