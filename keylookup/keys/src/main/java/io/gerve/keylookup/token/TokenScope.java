package io.gerve.keylookup.token;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a token allows, by the names that GitHub gives these. */
public enum TokenScope {
    READ_PUBLIC_KEY("read:public_key"),
    WRITE_PUBLIC_KEY("write:public_key"),
    ADMIN_PUBLIC_KEY("admin:public_key"),
    /** To administer repositories: their deploy keys. */
    REPO("repo");

    private final String label;

    TokenScope(String word) {
        this.label = word;
    }

    public String label() {
        return label;
    }

    /** @return empty if there is no such scope */
    public static Optional<TokenScope> parse(String word) {
        return Arrays.stream(values()).filter(scope -> scope.label.equals(word)).findFirst();
    }

    /** Whether a token with this scope may do what asks for the other one. */
    public boolean includes(TokenScope other) {
        return switch (this) {
            case REPO -> other == REPO;
            case READ_PUBLIC_KEY, WRITE_PUBLIC_KEY, ADMIN_PUBLIC_KEY -> other != REPO && compareTo(other) >= 0;
        };
    }

    /** As they stand in the database and in GitHub's headers, in a fixed order. */
    public static String labels(Set<TokenScope> scopes, String separator) {
        return scopes.stream().sorted().map(TokenScope::label).collect(Collectors.joining(separator));
    }

    /** What this version does not know allows nothing. */
    static Set<TokenScope> parseAll(String words) {
        Set<TokenScope> scopes = EnumSet.noneOf(TokenScope.class);
        for (String word : words.split(" ", -1)) {
            parse(word).ifPresent(scopes::add);
        }
        return scopes;
    }
}
