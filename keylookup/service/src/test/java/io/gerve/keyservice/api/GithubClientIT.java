package io.gerve.keyservice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gerve.keylookup.token.TokenScope;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kohsuke.github.GHDeployKey;
import org.kohsuke.github.GHFileNotFoundException;
import org.kohsuke.github.GHKey;
import org.kohsuke.github.GitHub;
import org.kohsuke.github.GitHubBuilder;
import org.kohsuke.github.HttpException;

/** Uses a Java client for GitHub's API, unchanged except for the endpoint. */
class GithubClientIT {
    private final RunningApi api = RunningApi.start();
    private final long tom = api.user("tom");
    private final String key = GeneratedKeys.ed25519();
    private GitHub github = GitHub.offline();

    @BeforeEach
    void connect() throws Exception {
        github = client(api.token(tom, TokenScope.ADMIN_PUBLIC_KEY, TokenScope.REPO));
    }

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void clientAddsListsAndDeletesKeys() throws Exception {
        assertThat(github.isCredentialValid()).isTrue();
        assertThat(github.getMyself().getLogin()).isEqualTo("tom");
        GHKey added = github.getMyself().addPublicKey("laptop", key);
        assertThat(added.getKey()).isEqualTo(key);
        assertThat(added.getTitle()).isEqualTo("laptop");
        assertThat(added.isVerified()).isTrue();
        List<GHKey> keys = github.getMyself().getPublicKeys();
        assertThat(keys).extracting(GHKey::getId).containsExactly(added.getId());
        assertThat(github.getUser("tom").getKeys()).extracting(GHKey::getKey).containsExactly(key);
        assertThat(github.getMyself().getPublicVerifiedKeys()).hasSize(1);
        keys.getFirst().delete();
        assertThat(github.getMyself().getPublicKeys()).isEmpty();
    }

    @Test
    void clientReadsAllPagesOfAList() throws Exception {
        for (int i = 0; i < 35; i++) {
            github.getMyself().addPublicKey("key " + i, GeneratedKeys.ed25519());
        }
        assertThat(github.getMyself().getPublicKeys())
                .extracting(GHKey::getTitle)
                .hasSize(35)
                .doesNotHaveDuplicates()
                .endsWith("key 34");
    }

    @Test
    void clientReceivesReasonOfRefusedKey() throws Exception {
        github.getMyself().addPublicKey("laptop", key);
        assertThatExceptionOfType(HttpException.class)
                .isThrownBy(() -> github.getMyself().addPublicKey("again", key))
                .withMessageContaining("key is already in use")
                .satisfies(e -> assertThat(e.getResponseCode()).isEqualTo(422));
        assertThatExceptionOfType(HttpException.class)
                .isThrownBy(() -> github.getMyself().addPublicKey("nonsense", "ssh-ed25519 AAAA"))
                .withMessageContaining("key is invalid");
    }

    @Test
    void clientManagesDeployKeys() throws Exception {
        api.repository(tom, "bert", "private");
        var repository = github.getRepository("tom/bert");
        GHDeployKey reader = repository.addDeployKey("ci", key, true);
        GHDeployKey writer = repository.addDeployKey("release", GeneratedKeys.ed25519());
        assertThat(reader.isRead_only()).isTrue();
        assertThat(writer.isRead_only()).isFalse();
        List<GHDeployKey> keys = repository.getDeployKeys();
        assertThat(keys).extracting(GHDeployKey::getTitle).containsExactly("ci", "release");
        assertThat(keys.getFirst().getAdded_by()).isEqualTo("tom");
        assertThat(keys.getFirst().getCreatedAt()).isNotNull();
        assertThat(keys.getFirst().getLastUsedAt()).isNull();
        keys.getFirst().delete();
        assertThat(repository.getDeployKeys()).extracting(GHDeployKey::getTitle).containsExactly("release");
    }

    @Test
    void repositoriesOfOthersAndInvalidTokensAreRefused() throws Exception {
        api.repository(api.user("eve"), "secret", "private");
        assertThatExceptionOfType(GHFileNotFoundException.class).isThrownBy(() -> github.getRepository("eve/secret"));
        assertThat(client("Bearer gerve_nonsense").isCredentialValid()).isFalse();
    }

    private GitHub client(String authorization) throws Exception {
        return new GitHubBuilder()
                .withEndpoint(api.url() + ApiUrls.API)
                .withAuthorizationProvider(() -> authorization)
                .build();
    }
}
