package io.gerve.keylookup.token;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Scopes of tokens, with GitHub's names. */
public enum TokenScope {
    READ_PUBLIC_KEY("read:public_key"),
    WRITE_PUBLIC_KEY("write:public_key"),
    ADMIN_PUBLIC_KEY("admin:public_key"),
    /** Administration of repositories, that is of their deploy keys. */
    REPO("repo");

    private final String label;

    TokenScope(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    /** Parses a scope. Returns empty if there is no such scope. */
    public static Optional<TokenScope> parse(String label) {
        return Arrays.stream(values())
                .filter(scope -> scope.label.equals(label))
                .findFirst();
    }

    /** Returns true if a token with this scope has the access of the other scope. */
    public boolean includes(TokenScope other) {
        return switch (this) {
            case REPO -> other == REPO;
            case READ_PUBLIC_KEY, WRITE_PUBLIC_KEY, ADMIN_PUBLIC_KEY -> other != REPO && compareTo(other) >= 0;
        };
    }

    /** Returns the labels in a fixed order, as in the database and in GitHub's headers. */
    public static String labels(Set<TokenScope> scopes, String separator) {
        return scopes.stream().sorted().map(TokenScope::label).collect(Collectors.joining(separator));
    }

    /** Parses labels that are separated by spaces. Unknown labels are ignored and grant nothing. */
    static Set<TokenScope> parseAll(String labels) {
        Set<TokenScope> scopes = EnumSet.noneOf(TokenScope.class);
        for (String label : labels.split(" ", -1)) {
            parse(label).ifPresent(scopes::add);
        }
        return scopes;
    }
}
