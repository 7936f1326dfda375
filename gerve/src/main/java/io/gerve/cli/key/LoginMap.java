package io.gerve.cli.key;

import io.gerve.admin.ChangeRefused;
import io.gerve.keylookup.directory.Login;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Logins of the users of another program whose names differ: a file with a name and a login on each line. Empty lines
 * and those that begin with # are ignored.
 */
final class LoginMap {
    static final LoginMap EMPTY = new LoginMap(Map.of());

    private final Map<String, Login> logins;

    private LoginMap(Map<String, Login> logins) {
        this.logins = Map.copyOf(logins);
    }

    /** @throws ChangeRefused if a line has another form, or a name occurs twice; the message names the line */
    static LoginMap read(Path file) throws ChangeRefused {
        Map<String, Login> logins = new HashMap<>();
        int number = 0;
        for (String line : KeyFile.text(file).lines().map(String::strip).toList()) {
            number++;
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            List<String> words = List.of(line.split("\\s+"));
            Optional<Login> login = words.size() == 2 ? Login.parse(words.getLast()) : Optional.empty();
            if (login.isEmpty() || logins.put(words.getFirst(), login.get()) != null) {
                throw new ChangeRefused(file + ":" + number + ": each line has a name, once in the file, and a login:"
                        + " alice@example.com alice");
            }
        }
        return new LoginMap(logins);
    }

    /** Returns the login that the file has for the name, in this spelling. */
    Optional<Login> login(String name) {
        return Optional.ofNullable(logins.get(name));
    }
}
