package io.gerve.keylookup.api;

import io.gerve.keylookup.key.Login;
import io.gerve.keylookup.repository.AdministeredRepository;
import java.net.URI;

/** Under which addresses clients find things, whatever a proxy makes of them. */
record Urls(URI base) {
    static final String API = "/api/v3";

    String of(String path) {
        return base + API + path;
    }

    String account(Login login) {
        return of("/users/" + login);
    }

    String repository(AdministeredRepository repository) {
        return of("/repos/" + repository.fullName());
    }

    String documentation() {
        return of("/openapi.json");
    }
}
