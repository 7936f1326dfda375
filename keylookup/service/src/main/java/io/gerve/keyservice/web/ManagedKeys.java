package io.gerve.keyservice.web;

import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.DeployKeyAccess;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.keylookup.store.NewKey;
import io.gerve.keyservice.repository.ManagedRepository;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The keys that a page is about. */
sealed interface ManagedKeys {
    String OWN = "/settings/keys";
    String REPOSITORIES = "/settings/repositories";

    /** Under which its pages stand. */
    String path();

    String heading();

    /** Whose a key becomes that is added here. */
    NewKey.Owner owner(DeployKeyAccess access);

    /** Whether the title is for this keyring alone to change. */
    boolean mayRename(RegisteredKeyDetails key);

    /** One's own. */
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

    /** The deploy keys of a repository. */
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

        /** Other repositories may be others' to administer. */
        @Override
        public boolean mayRename(RegisteredKeyDetails key) {
            return key.grants().size() == 1;
        }

        DeployKeyAccess access(RegisteredKeyDetails key) {
            return key.grants().stream()
                    .filter(right -> right.repositoryId() == repository.id())
                    .findFirst()
                    .map(RegisteredKeyDetails.Grant::access)
                    .orElse(DeployKeyAccess.READ_ONLY);
        }

        private static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8);
        }
    }
}
