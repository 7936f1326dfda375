package io.gerve.git;

import io.gerve.keylookup.directory.Login;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import net.jqwik.api.arbitraries.StringArbitrary;

/** Generator of valid repository names, unusual ones often. */
final class RepositoryNames {
    static Arbitrary<RepositoryName> any() {
        return Combinators.combine(logins(), names()).as((owner, name) -> new RepositoryName(new Login(owner), name));
    }

    private static Arbitrary<String> logins() {
        Arbitrary<String> first = letters().ofLength(1);
        Arbitrary<String> rest = letters().withChars("-_.").ofMaxLength(38);
        return Combinators.combine(first, rest)
                .as(String::concat)
                .filter(login -> Login.parse(login).isPresent());
    }

    private static Arbitrary<String> names() {
        Arbitrary<String> usual = letters().withChars("._-").ofMinLength(1).ofMaxLength(100);
        Arbitrary<String> odd =
                Arbitraries.of(".github", "-x", "--upload-pack", "a.lock", "a.git.b", "_", "0", "git", ".gitx", "-");
        return Arbitraries.frequencyOf(Tuple.of(4, usual), Tuple.of(1, odd))
                .filter(name -> !name.contains("..") && !name.endsWith(".") && !name.matches("(?i).*\\.git"));
    }

    private static StringArbitrary letters() {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .withCharRange('A', 'Z')
                .withCharRange('0', '9');
    }

    private RepositoryNames() {}
}
