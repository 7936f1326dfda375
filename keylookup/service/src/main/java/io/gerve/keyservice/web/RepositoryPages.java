package io.gerve.keyservice.web;

import io.gerve.keylookup.token.TokenScope;
import io.gerve.keyservice.http.HttpResponse;
import io.gerve.keyservice.repository.ManagedRepository;
import io.gerve.keyservice.repository.MysqlRepositoryAuthorizer;
import io.gerve.lookup.LookupUnavailable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The page on which somebody chooses the repository whose deploy keys they want to see. */
final class RepositoryPages {
    private static final int SHOWN_MAX = 100;
    private static final FormField NAME =
            FormField.empty("name", "Repository", "Its owner and name, such as mojombo/bert. You must administer it.");

    private final MysqlRepositoryAuthorizer authorizer;
    private final PageRenderer pages;

    RepositoryPages(MysqlRepositoryAuthorizer authorizer, PageRenderer pages) {
        this.authorizer = authorizer;
        this.pages = pages;
    }

    List<PageRoute> routes() {
        return List.of(PageRoute.get(ManagedKeys.REPOSITORIES, new PageRoute.WithScope(TokenScope.REPO), this::choose));
    }

    private HttpResponse choose(PageRequest visit) throws PageError, LookupUnavailable {
        String name = visit.request().query().getOrDefault("name", "").strip();
        if (name.isEmpty()) {
            return page(HttpResponse.OK, visit, NAME);
        }
        Optional<ManagedRepository> repository =
                find(visit, name).filter(found -> found.permission() == ManagedRepository.Permission.ADMIN);
        return repository.isPresent()
                ? pages.redirect(new ManagedKeys.OfRepository(repository.get()).path())
                : page(
                        422,
                        visit,
                        NAME.with(name, "You administer no repository of this name. Write it as owner/name."));
    }

    private Optional<ManagedRepository> find(PageRequest visit, String name) throws PageError, LookupUnavailable {
        return authorizer.find(name, visit.signedIn().account());
    }

    private HttpResponse page(int status, PageRequest visit, FormField name) throws PageError, LookupUnavailable {
        List<String> owned = authorizer.ownedBy(visit.signedIn().account(), SHOWN_MAX);
        List<PageRenderer.Link> links = owned.stream()
                .map(full -> new PageRenderer.Link(
                        pages.address(ManagedKeys.REPOSITORIES + "/" + full + "/keys"), full, false))
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
