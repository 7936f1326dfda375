package io.gerve.session;

import io.gerve.access.AccessFacts;
import io.gerve.access.Repository;
import io.gerve.access.Rights;
import io.gerve.access.Role;
import io.gerve.access.SiteMode;
import io.gerve.git.GitProtocol;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.Md5Suffix;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.request.ClientRequest;
import io.gerve.routing.FileServerHost;
import io.gerve.routing.Route;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Sample values for the tests of requests. */
public final class RequestSamples {
    static final Account TOM = new Account(2, new Login("tom"), Account.Kind.USER, Account.Status.ACTIVE, "");
    public static final RegisteredKey KEY = keyOf(TOM);

    private static final String HOST_KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

    private RequestSamples() {}

    static RegisteredKey keyOf(Account account) {
        return new RegisteredKey(
                5,
                Fingerprint.ofBlob(new byte[] {1}),
                Md5Suffix.ofBlob(new byte[] {1}),
                "laptop",
                new KeyValidity.ValidUntil(Instant.MAX),
                new Principal.OfAccount(account));
    }

    /** Returns {@link #KEY}, revoked without a reason. */
    static RegisteredKey revokedKey() {
        return keyWith(new KeyValidity.Revoked(Instant.EPOCH, ""));
    }

    static RegisteredKey keyWith(KeyValidity validity) {
        return new RegisteredKey(KEY.id(), KEY.fingerprint(), KEY.md5Suffix(), KEY.title(), validity, KEY.principal());
    }

    public static ClientRequest request(String execLine) {
        return new ClientRequest(
                "ssh",
                InetAddress.getLoopbackAddress(),
                KEY.fingerprint(),
                Duration.ZERO,
                execLine,
                GitProtocol.UNSTATED);
    }

    /** Returns a public repository that {@link #TOM} does not own. */
    static AccessFacts readable() {
        return readable(7);
    }

    /** Returns the same as another repository with the same name. */
    static AccessFacts readable(long id) {
        return known(id, new Rights.Granted(Role.NONE, Rights.Membership.NONE, Role.NONE));
    }

    /** Returns the repository with {@link #TOM} as its owner. */
    static AccessFacts owned() {
        return known(7, new Rights.Owner());
    }

    /** Returns the same while the site is read-only. */
    static AccessFacts ownedOnReadOnlySite() {
        return known(7, new SiteMode.ReadOnly(""), new Rights.Owner());
    }

    /** Returns a locked repository of that name, with {@link #TOM} as its owner. */
    static AccessFacts ownedAndLocked(long id) {
        Repository open = repository(id, Repository.Visibility.PUBLIC);
        return known(
                new Repository(
                        id,
                        open.ownerId(),
                        open.ownerKind(),
                        open.basePermission(),
                        open.name(),
                        open.visibility(),
                        Repository.State.LOCKED,
                        ""),
                new SiteMode.ReadWrite(),
                new Rights.Owner());
    }

    private static AccessFacts known(long id, Rights rights) {
        return known(id, new SiteMode.ReadWrite(), rights);
    }

    private static AccessFacts known(long id, SiteMode mode, Rights rights) {
        return known(repository(id, Repository.Visibility.PUBLIC), mode, rights);
    }

    private static AccessFacts known(Repository repository, SiteMode mode, Rights rights) {
        var owner = new Account(1, new Login("mojombo"), Account.Kind.USER, Account.Status.ACTIVE, "");
        return new AccessFacts.Known(repository, owner, mode, rights);
    }

    public static Repository repository(Repository.Visibility visibility) {
        return repository(7, visibility);
    }

    private static Repository repository(long id, Repository.Visibility visibility) {
        return new Repository(
                id,
                1,
                Account.Kind.USER,
                Role.NONE,
                RepositoryName.parse("mojombo/bert").orElseThrow(),
                visibility,
                Repository.State.ACTIVE,
                "");
    }

    static Optional<Route> routes(Login owner) {
        return Optional.of(route("fs3", List.of("fs3a", "fs3b")));
    }

    public static Route route(String server, List<String> hosts) {
        return new Route(server, hosts.stream().map(RequestSamples::host).toList());
    }

    private static FileServerHost host(String name) {
        try {
            return new FileServerHost(name, "127.0.0.1", 22, PublicKey.ofLine(HOST_KEY));
        } catch (InvalidKey e) {
            throw new AssertionError(e);
        }
    }
}
