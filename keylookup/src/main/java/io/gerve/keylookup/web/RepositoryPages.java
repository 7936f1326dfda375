package io.gerve.keylookup.web;

import io.gerve.keylookup.http.Reply;
import io.gerve.keylookup.repository.AdministeredRepository;
import io.gerve.keylookup.repository.MysqlAdministrators;
import io.gerve.keylookup.token.Scope;
import io.gerve.lookup.LookupUnavailable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The page on which somebody chooses the repository whose deploy keys they want to see. */
final class RepositoryPages {
    private static final int SHOWN_MAX = 100;
    private static final Field NAME =
            Field.empty("name", "Repository", "Its owner and name, such as mojombo/bert. You must administer it.");

    private final MysqlAdministrators administrators;
    private final Pages pages;

    RepositoryPages(MysqlAdministrators administrators, Pages pages) {
        this.administrators = administrators;
        this.pages = pages;
    }

    List<Route> routes() {
        return List.of(Route.get(Keyring.REPOSITORIES, new Route.Holders(Scope.REPO), this::choose));
    }

    private Reply choose(Visit visit) throws Problem, LookupUnavailable {
        String name = visit.request().query().getOrDefault("name", "").strip();
        if (name.isEmpty()) {
            return page(Reply.OK, visit, NAME);
        }
        Optional<AdministeredRepository> repository =
                find(visit, name).filter(found -> found.right() == AdministeredRepository.Right.ADMINISTER);
        return repository.isPresent()
                ? pages.redirect(new Keyring.OfRepository(repository.get()).path())
                : page(
                        422,
                        visit,
                        NAME.with(name, "You administer no repository of this name. Write it as owner/name."));
    }

    private Optional<AdministeredRepository> find(Visit visit, String name) throws Problem, LookupUnavailable {
        String[] parts = name.split("/", -1);
        return parts.length == 2
                ? administrators.find(parts[0], parts[1], visit.member().account())
                : Optional.empty();
    }

    private Reply page(int status, Visit visit, Field name) throws Problem, LookupUnavailable {
        List<String> owned = administrators.ownedBy(visit.member().account(), SHOWN_MAX);
        List<Pages.Link> links = owned.stream()
                .map(full -> new Pages.Link(pages.address(Keyring.REPOSITORIES + "/" + full + "/keys"), full, false))
                .toList();
        Map<String, Object> data = new HashMap<>(Map.of(
                "title",
                "Deploy keys",
                "field",
                name,
                "wrong",
                name.isWrong() ? List.of(name) : List.of(),
                "repositories",
                links,
                "is_cut",
                owned.size() == SHOWN_MAX));
        return pages.page(status, "repositories", visit, data);
    }
}
