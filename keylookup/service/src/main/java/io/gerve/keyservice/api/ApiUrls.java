package io.gerve.keyservice.api;

import io.gerve.keylookup.directory.Login;
import io.gerve.keyservice.repository.ManagedRepository;
import java.net.URI;

/**
 * URLs of the API as clients see them, also behind a proxy.
 *
 * @param base {@code keylookup.url}
 */
record ApiUrls(URI base) {
    static final String API = "/api/v3";

    String of(String path) {
        return base + API + path;
    }

    String account(Login login) {
        return of("/users/" + login);
    }

    String repository(ManagedRepository repository) {
        return of("/repos/" + repository.name());
    }

    String documentation() {
        return of("/openapi.json");
    }
}
