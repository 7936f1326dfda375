package io.gerve.keyservice.web;

import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.DeployKeyAccess;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.keylookup.store.NewKey;
import io.gerve.keyservice.repository.ManagedRepository;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Set of keys that a page manages: those of a user or the deploy keys of a repository. */
sealed interface ManagedKeys {
    String OWN = "/settings/keys";
    String REPOSITORIES = "/settings/repositories";

    /** Returns the path of the list; the other pages are below it. */
    String path();

    /** Returns the heading of the list. */
    String heading();

    /**
     * Returns the owner of a key that is added to this set.
     *
     * @param access the access of a deploy key; ignored for a user's own key
     */
    NewKey.Owner owner(DeployKeyAccess access);

    /** Returns whether the key belongs to this set only, so that it can be renamed here. */
    boolean mayRename(RegisteredKeyDetails key);

    /** Keys of the user who is signed in. */
    record Own(Account account) implements ManagedKeys {
        @Override
        public String path() {
            return OWN;
        }

        @Override
        public String heading() {
            return "Your SSH keys";
        }

        @Override
        public NewKey.Owner owner(DeployKeyAccess access) {
            return new NewKey.ForAccount(account.id());
        }

        @Override
        public boolean mayRename(RegisteredKeyDetails key) {
            return true;
        }
    }

    /** Deploy keys of a repository. */
    record OfRepository(ManagedRepository repository) implements ManagedKeys {
        @Override
        public String path() {
            return REPOSITORIES + "/" + encoded(repository.owner().login().text()) + "/"
                    + encoded(repository.name().name()) + "/keys";
        }

        @Override
        public String heading() {
            return "Deploy keys of " + repository.name();
        }

        @Override
        public NewKey.Owner owner(DeployKeyAccess access) {
            return new NewKey.ForRepositories(Map.of(repository.id(), access));
        }

        /** The user may not be an administrator of the key's other repositories. */
        @Override
        public boolean mayRename(RegisteredKeyDetails key) {
            return key.grants().size() == 1;
        }

        DeployKeyAccess access(RegisteredKeyDetails key) {
            return key.grants().stream()
                    .filter(grant -> grant.repositoryId() == repository.id())
                    .findFirst()
                    .map(RegisteredKeyDetails.Grant::access)
                    .orElse(DeployKeyAccess.READ_ONLY);
        }

        private static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8);
        }
    }
}
