package io.gerve.access;

import io.gerve.git.GitCommand;
import io.gerve.git.GitService;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.Md5Suffix;
import java.time.Instant;

/** Sample values: mojombo's repository bert, and tom, who requests it. */
final class Samples {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    static final Account MOJOMBO = user(1, "mojombo");
    static final Account TOM = user(2, "tom");
    static final RepositoryName BERT = RepositoryName.parse("mojombo/bert").orElseThrow();
    static final Rights NO_RIGHTS = new Rights.Granted(Role.NONE, Rights.Membership.NONE, Role.NONE);

    static Account user(long id, String login) {
        return new Account(id, new Login(login), Account.Kind.USER, Account.Status.ACTIVE, "");
    }

    static RegisteredKey keyOf(Account account) {
        return key(new Principal.OfAccount(account), new KeyValidity.ValidUntil(Instant.MAX));
    }

    static RegisteredKey deployKey() {
        return key(new Principal.OfDeployKey("mojombo/bert"), new KeyValidity.ValidUntil(Instant.MAX));
    }

    static RegisteredKey key(Principal principal, KeyValidity validity) {
        return new RegisteredKey(
                7, Fingerprint.ofDigest(new byte[32]), new Md5Suffix(1, (short) 2), "laptop", validity, principal);
    }

    static Rights collaborator(Role role) {
        return new Rights.Granted(role, Rights.Membership.NONE, Role.NONE);
    }

    static Repository bert(Repository.Visibility visibility, Repository.State state) {
        return new Repository(10, 1, Account.Kind.USER, Role.NONE, BERT, visibility, state, "Too old.");
    }

    static AccessFacts found(Rights rights) {
        return found(rights, Repository.State.ACTIVE, new SiteMode.ReadWrite());
    }

    static AccessFacts found(Rights rights, Repository.State state, SiteMode site) {
        return new AccessFacts.Known(bert(Repository.Visibility.PRIVATE, state), MOJOMBO, site, rights);
    }

    static GitCommand fetch(RepositoryName name) {
        return new GitCommand(GitService.UPLOAD_PACK, name);
    }

    static GitCommand push(RepositoryName name) {
        return new GitCommand(GitService.RECEIVE_PACK, name);
    }

    private Samples() {}
}
