package io.gerve.git;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.git.LfsCommand.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LfsCommandTest {
    private static final RepositoryName BERT =
            RepositoryName.parse("mojombo/bert").orElseThrow();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "git-lfs-authenticate mojombo/bert.git upload",
                "git-lfs-authenticate /mojombo/bert.git upload",
                "git-lfs-authenticate 'mojombo/bert' upload",
                "git-lfs-authenticate ssh://git@git.example:22/mojombo/bert.git upload"
            })
    void addressHasTheFormsOfGit(String line) {
        assertThat(LfsCommand.parse(line)).contains(new LfsCommand(BERT, Operation.UPLOAD));
    }

    @Test
    void downloadNeedsWhatACloneNeedsAndUploadWhatAPushNeeds() {
        assertThat(LfsCommand.parse("git-lfs-authenticate mojombo/bert download")
                        .orElseThrow()
                        .equivalent())
                .isEqualTo(new GitCommand(GitService.UPLOAD_PACK, BERT));
        assertThat(new LfsCommand(BERT, Operation.UPLOAD).equivalent())
                .isEqualTo(new GitCommand(GitService.RECEIVE_PACK, BERT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "git-lfs-authenticate",
                "git-lfs-authenticate ",
                "git-lfs-authenticate upload",
                "git-lfs-authenticate  upload",
                "git-lfs-authenticate mojombo/bert",
                "git-lfs-authenticate mojombo/bert verify",
                "git-lfs-authenticate mojombo/bert UPLOAD",
                "git-lfs-authenticate mojombo/bert upload ",
                "git-lfs-authenticate mojombo/bert download upload",
                "git-lfs-authenticate mojombo/bert;id upload",
                "git-lfs-authenticate $(id) upload",
                "git-lfs-authenticate ../bert upload",
                "git-lfs-transfer mojombo/bert upload"
            })
    void everythingElseIsRefused(String line) {
        assertThat(LfsCommand.parse(line)).isEmpty();
    }

    @Test
    void longLineIsRefused() {
        assertThat(LfsCommand.parse("git-lfs-authenticate " + "a".repeat(5000) + "/bert upload"))
                .isEmpty();
    }
}
