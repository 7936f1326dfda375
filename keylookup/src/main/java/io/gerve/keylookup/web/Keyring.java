package io.gerve.keylookup.web;

import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.DeployAccess;
import io.gerve.keylookup.key.NewKey;
import io.gerve.keylookup.key.RegisteredKey;
import io.gerve.keylookup.repository.AdministeredRepository;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The keys that a page is about. */
sealed interface Keyring {
    String OWN = "/settings/keys";
    String REPOSITORIES = "/settings/repositories";

    /** Under which its pages stand. */
    String path();

    String heading();

    /** Whose a key becomes that is added here. */
    NewKey.Holder holder(DeployAccess access);

    /** Whether the title is for this keyring alone to change. */
    boolean mayRename(RegisteredKey key);

    /** One's own. */
    record Own(Account account) implements Keyring {
        @Override
        public String path() {
            return OWN;
        }

        @Override
        public String heading() {
            return "Your SSH keys";
        }

        @Override
        public NewKey.Holder holder(DeployAccess access) {
            return new NewKey.ForAccount(account.id());
        }

        @Override
        public boolean mayRename(RegisteredKey key) {
            return true;
        }
    }

    /** The deploy keys of a repository. */
    record OfRepository(AdministeredRepository repository) implements Keyring {
        @Override
        public String path() {
            return REPOSITORIES + "/" + encoded(repository.owner().login().text()) + "/" + encoded(repository.name())
                    + "/keys";
        }

        @Override
        public String heading() {
            return "Deploy keys of " + repository.fullName();
        }

        @Override
        public NewKey.Holder holder(DeployAccess access) {
            return new NewKey.ForRepositories(Map.of(repository.id(), access));
        }

        /** Other repositories may be others' to administer. */
        @Override
        public boolean mayRename(RegisteredKey key) {
            return key.rights().size() == 1;
        }

        DeployAccess access(RegisteredKey key) {
            return key.rights().stream()
                    .filter(right -> right.repositoryId() == repository.id())
                    .findFirst()
                    .map(RegisteredKey.Right::access)
                    .orElse(DeployAccess.READ_ONLY);
        }

        private static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8);
        }
    }
}
