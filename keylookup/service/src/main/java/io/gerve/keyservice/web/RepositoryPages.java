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

/** Page on which the user chooses a repository to manage its deploy keys. */
final class RepositoryPages {
    private static final int SHOWN_MAX = 100;
    private static final FormField NAME = FormField.empty(
            "name",
            "Repository",
            "Owner and name, such as mojombo/bert. You must be an administrator of the repository.");

    private final MysqlRepositoryAuthorizer authorizer;
    private final PageRenderer pages;

    RepositoryPages(MysqlRepositoryAuthorizer authorizer, PageRenderer pages) {
        this.authorizer = authorizer;
        this.pages = pages;
    }

    List<PageRoute> routes() {
        return List.of(PageRoute.get(ManagedKeys.REPOSITORIES, new PageRoute.WithScope(TokenScope.REPO), this::choose));
    }

    private HttpResponse choose(PageRequest page) throws PageError, LookupUnavailable {
        String name = page.request().query().getOrDefault("name", "").strip();
        if (name.isEmpty()) {
            return page(HttpResponse.OK, page, NAME);
        }
        Optional<ManagedRepository> repository =
                find(page, name).filter(found -> found.permission() == ManagedRepository.Permission.ADMIN);
        return repository.isPresent()
                ? pages.redirect(new ManagedKeys.OfRepository(repository.get()).path())
                : page(
                        422,
                        page,
                        NAME.with(
                                name,
                                "There is no such repository, or you are not its administrator. Enter it as owner/name."));
    }

    private Optional<ManagedRepository> find(PageRequest page, String name) throws PageError, LookupUnavailable {
        return authorizer.find(name, page.signedIn().account());
    }

    private HttpResponse page(int status, PageRequest page, FormField name) throws PageError, LookupUnavailable {
        List<String> owned = authorizer.ownedBy(page.signedIn().account(), SHOWN_MAX);
        List<PageRenderer.Link> links = owned.stream()
                .map(fullName -> new PageRenderer.Link(
                        pages.address(ManagedKeys.REPOSITORIES + "/" + fullName + "/keys"), fullName, false))
                .toList();
        Map<String, Object> data = new HashMap<>(Map.of(
                "title",
                "Deploy keys",
                "field",
                name,
                "invalid_fields",
                name.hasError() ? List.of(name) : List.of(),
                "repositories",
                links,
                "is_truncated",
                owned.size() == SHOWN_MAX));
        return pages.page(status, "repositories", page, data);
    }
}
