package io.gerve.git;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.keylookup.directory.Login;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryPathTest {
    @Provide
    Arbitrary<RepositoryName> repositories() {
        return RepositoryNames.any();
    }

    /** Test vector from GitHub's "How we made GitHub fast" (2009). */
    @Test
    void pathMatchesGitHubsTestVector() {
        assertThat(path("mojombo", "bert").text()).isEqualTo("a/a8/e2/95/mojombo/bert.git");
    }

    @Test
    void directoriesDoNotDependOnTheCaseOfTheOwner() {
        assertThat(path("MojOmbo", "Bert").text()).isEqualTo("a/a8/e2/95/MojOmbo/Bert.git");
    }

    @Property
    void commandHasOneRelativePath(@ForAll("repositories") RepositoryName repository, @ForAll GitService service) {
        assertThat(new RepositoryPath(repository).command(service))
                .matches(
                        "git-(upload-pack|receive-pack|upload-archive) "
                                + "'[0-9a-f]/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{2}/[A-Za-z0-9](\\.?[A-Za-z0-9_-])*/[A-Za-z0-9._-]+\\.git'")
                .doesNotContain("..");
    }

    @ParameterizedTest
    @CsvSource({
        "mojombo/.github",
        "mojombo/-x",
        "mojombo/x.lock",
        "mojombo/a.git.b",
        "m/b",
        "a-b_c/0",
        "john.doe/x",
        "a.b.c-d/x"
    })
    void unusualNamesAreValid(String name) {
        assertThat(RepositoryName.parse(name)).map(RepositoryName::toString).contains(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "mojombo",
                "mojombo/",
                "/bert",
                "mojombo/.",
                "mojombo/..",
                "mojombo/bert.git",
                "mojombo/bert.GIT",
                "mojombo/.git",
                ".john/bert",
                "john./bert",
                "john..doe/bert",
                "../bert",
                "john.git/bert",
                "john.GIT/bert",
                "mojombo/bert.",
                "mojombo/a..b",
                "mojombo/b/c",
                "-m/bert",
                "_m/bert",
                ".m/bert",
                "mojombo/bert\n",
                "mojombo/ber t",
                "mojombo/ber't",
                "mojombo/bért",
                "mojombo/bert\u0000",
                "~mojombo/bert",
                "../mojombo/bert"
            })
    void invalidNamesAreRefused(String text) {
        assertThat(RepositoryName.parse(text)).isEmpty();
    }

    @Test
    void ownerOver39AndNameOver100CharactersAreRefused() {
        assertThat(RepositoryName.parse("o".repeat(39) + "/" + "n".repeat(100))).isPresent();
        assertThat(RepositoryName.parse("o".repeat(40) + "/n")).isEmpty();
        assertThat(RepositoryName.parse("o/" + "n".repeat(101))).isEmpty();
    }

    private static RepositoryPath path(String owner, String name) {
        return new RepositoryPath(new RepositoryName(new Login(owner), name));
    }
}
