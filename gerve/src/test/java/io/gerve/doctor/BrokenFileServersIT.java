package io.gerve.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gerve.doctor.ExaminedSite.Diagnosis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** File servers, routes and repositories broken in each way that {@code gerve doctor} names. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrokenFileServersIT {
    private static final String BERT = "a/a8/e2/95/mojombo/bert.git";

    private Path home;

    private ExaminedSite examined;
    private ExaminedFileServer active;
    private ExaminedFileServer standby;

    /** Change that breaks something, or mends it. */
    private interface Change {
        void make() throws Exception;
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        home = folder;
        examined = ExaminedSite.start(home);
        active = ExaminedFileServer.start(home.resolve("fs"));
        standby = ExaminedFileServer.start(home.resolve("fs2"));
        Files.copy(
                home.resolve("fs/authorized_keys"),
                home.resolve("fs2/authorized_keys"),
                StandardCopyOption.REPLACE_EXISTING);
        examined.site().must(addressOf(active, "server", "create", "fs1", "fs1a"));
        examined.site().must(addressOf(standby, "host", "add", "fs1", "fs1b"));
        examined.site().must("account", "create", "mojombo", "--server", "fs1");
        examined.site().must("repo", "create", "mojombo/bert");
        assertThat(run(
                        "cp",
                        "-a",
                        active.home().resolve("a") + "/.",
                        standby.home().resolve("a").toString()))
                .isTrue();
        examined.assertSound();
    }

    @AfterAll
    void stop() throws IOException {
        examined.assertSound();
        active.close();
        standby.close();
        examined.close();
    }

    private static String[] addressOf(ExaminedFileServer server, String... command) {
        List<String> words = new ArrayList<>(List.of(command));
        words.addAll(List.of(
                "127.0.0.1",
                "--port",
                "" + server.sshd().port(),
                "--host-key",
                server.sshd().hostKey().text()));
        return words.toArray(String[]::new);
    }

    private Diagnosis diagnosed(Change fault, Change repair) throws Exception {
        try {
            fault.make();
            return examined.doctor();
        } finally {
            repair.make();
        }
    }

    /** Changes a file for the time of a diagnosis. */
    private Diagnosis diagnosedWith(Path file, String text) throws Exception {
        String before = Files.readString(file);
        return diagnosed(() -> Files.writeString(file, text), () -> Files.writeString(file, before));
    }

    @Test
    void hostDown() throws Exception {
        diagnosed(active.sshd()::kill, active.sshd()::restart)
                .assertError(
                        "file_server", "file server fs1a accepts no connections at 127.0.0.1:", "systemctl start ssh");
    }

    @Test
    void otherHostKeyThanPinned() throws Exception {
        String pinned = standby.sshd().hostKey().text();
        String own = active.sshd().hostKey().text();
        diagnosed(() -> pin(pinned), () -> pin(own))
                .assertError(
                        "file_server",
                        "has the host key "
                                + active.sshd().hostKey().fingerprint().text() + ", but "
                                + standby.sshd().hostKey().fingerprint().text() + " is pinned.",
                        "gerve host add fs1 fs1a 127.0.0.1 --port "
                                + active.sshd().port() + " --scan");
    }

    private void pin(String key) {
        examined.site().sql("UPDATE file_server_hosts SET host_key = '" + key + "' WHERE name = 'fs1a'");
    }

    @Test
    void gateKeyRefused() throws Exception {
        diagnosedWith(home.resolve("fs/authorized_keys"), "# none\n")
                .assertError("file_server", "refuses the gate's key SHA256:", "./setup --gate-key");
    }

    @Test
    void gitShellGone() throws Exception {
        Path config = home.resolve("fs/sshd_config");
        String before = Files.readString(config);
        diagnosed(
                        () -> {
                            Files.writeString(config, before.replace("exec git-shell", "exec no-git-shell"));
                            active.sshd().restart();
                        },
                        () -> {
                            Files.writeString(config, before);
                            active.sshd().restart();
                        })
                .assertError("file_server", "It cannot run git-shell", "apt-get install git");
    }

    @Test
    void gitGone() throws Exception {
        diagnosed(() -> active.fake("git", ""), () -> active.unfake("git"))
                .assertError("git", "It has no git.", "apt-get install git");
    }

    @Test
    void gitTooOld() throws Exception {
        diagnosed(() -> active.fake("git", "git version 2.20.1"), () -> active.unfake("git"))
                .assertError("git", "It has git version 2.20.1, which is too old.", "Debian 12");
    }

    @Test
    void otherSettingsOfSshd() throws Exception {
        String settings = Files.readString(active.sshdSettings());
        diagnosedWith(active.sshdSettings(), settings.replace("MaxStartups 500:30:1000", "MaxStartups 10"))
                .assertError(
                        "sshd_settings",
                        "Its sshd lacks the setting MaxStartups 500:30:1000 and has the setting MaxStartups 10.",
                        "./setup --gate-key");
    }

    @Test
    void otherSettingsOfGit() throws Exception {
        Path file = active.home().resolve(".gitconfig");
        diagnosedWith(file, Files.readString(file) + "\n[core]\n\tfsync = none\n")
                .assertWarning(
                        "git_settings",
                        "Its git lacks the setting core.fsync=all and has the setting core.fsync=none.",
                        "./setup --gate-key");
    }

    @Test
    void gitSettingsOfAnOlderSetup() throws Exception {
        Path file = active.home().resolve(".gitconfig");
        diagnosedWith(file, Files.readString(file).replace("badTimezone = ignore", ""))
                .assertWarning(
                        "git_settings",
                        "Its git lacks the setting receive.fsck.badtimezone=ignore, fetch.fsck.badtimezone=ignore,"
                                + " fsck.badtimezone=ignore.",
                        "./setup --gate-key");
    }

    @Test
    void diskFull() throws Exception {
        diagnosed(() -> active.fake("df", "100000 10"), () -> active.unfake("df"))
                .assertError("disk", "The disk is full.", "du -sh ~git/.gerve-trash");
    }

    @Test
    void diskReadOnly() throws Exception {
        Path folder = active.home().resolve("b");
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "ro,mode=755", "none", folder.toString()), "only root can mount");
        diagnosed(() -> {}, () -> run("umount", folder.toString()))
                .assertError("disk", "The disk with the repositories is read-only", "mount -o remount,rw");
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).start().waitFor() == 0;
    }

    @Test
    void ownerOfAFolderIsWrong() throws Exception {
        Path folder = active.home().resolve("c");
        assumeTrue(run("chown", "nobody", folder.toString()), "only root can give a folder away");
        diagnosed(() -> {}, () -> run("chown", "root", folder.toString()))
                .assertError("folders", "The folder c belongs to nobody and has the mode 755", "chown root: c");
    }

    @Test
    void modeOfAFolderIsWrong() throws Exception {
        Path folder = active.home().resolve("d");
        diagnosed(() -> mode(folder, "rwxrwxrwx"), () -> mode(folder, "rwxr-xr-x"))
                .assertError(
                        "folders", "Other accounts of the machine can write to the folder d (mode 777)", "chmod 755 d");
        diagnosed(() -> Files.delete(folder), () -> mode(Files.createDirectory(folder), "rwxr-xr-x"))
                .assertError("folders", "The folder d is missing.", "./setup --gate-key");
    }

    private static void mode(Path file, String permissions) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void clockOfAHostIsWrong() throws Exception {
        diagnosed(() -> active.fake("date", "1000"), () -> active.unfake("date"))
                .assertError("clock", "s behind that of this machine.", "timedatectl set-ntp true");
    }

    @Test
    void olderCommand() throws Exception {
        diagnosedWith(active.command(), "#!/bin/sh\nexit 2\n")
                .assertError("file_server", "Its gerve-repository is older than this program.", "./setup");
    }

    /** The attack: a file server under somebody else's control writes to the operator's terminal. */
    @Test
    void textOfAHostIsEscapedAndBounded() throws Exception {
        Diagnosis lying =
                diagnosedWith(active.command(), "#!/bin/sh\nprintf 'gerve-repository 5\\n\\033[2Jclock\\nend\\n'\n");
        lying.assertError("file_server", "unknown format: \\u001b[2Jclock", "./setup");
        Diagnosis endless = diagnosedWith(active.command(), "#!/bin/sh\nexec yes\n");
        endless.assertError("file_server", "It was disconnected", "journalctl");
    }

    @Test
    void repositoryMissingOnDisk() throws Exception {
        Path bert = active.home().resolve(BERT);
        Path elsewhere = active.home().resolve("moved");
        diagnosed(() -> Files.move(bert, elsewhere), () -> Files.move(elsewhere, bert))
                .assertError(
                        "repositories",
                        "1 of 1 repositories are missing on its disk: mojombo/bert",
                        "move it to " + BERT);
    }

    @Test
    void staleStandby() throws Exception {
        Path ref = standby.home().resolve(BERT).resolve("HEAD");
        diagnosedWith(ref, "ref: refs/heads/other\n")
                .assertWarning(
                        "standby",
                        "Its copies of 1 of 1 repositories are stale or missing: mojombo/bert.",
                        "Copy the repositories from fs1a to it again");
    }

    @Test
    void ownerWithoutRoute() throws Exception {
        diagnosed(
                        () -> examined.site().sql("DELETE FROM routes"),
                        () -> examined.site().must("route", "set", "mojombo", "fs1"))
                .assertError(
                        "routes",
                        "Owners without a route, whose repositories nobody can reach: mojombo",
                        "gerve route set mojombo SERVER");
    }

    @Test
    void routeToAHostThatIsNotThere() throws Exception {
        diagnosed(
                        () -> examined.site().sql("INSERT INTO file_servers (name, created_at) VALUES ('fs9', NOW())"),
                        () -> examined.site().sql("DELETE FROM file_servers WHERE name = 'fs9'"))
                .assertError("routes", "This file server has no usable host", "gerve host add fs9 HOST ADDRESS --scan");
    }

    @Test
    void linesForPeopleSayWhatToDo() throws Exception {
        Path folder = active.home().resolve("e");
        mode(folder, "rwxrwxrwx");
        try {
            assertThat(examined.site().gerve("doctor").out())
                    .contains("ok       file_server fs1/fs1b\n")
                    .contains("error    folders fs1/fs1a\n"
                            + "         Other accounts of the machine can write to the folder e")
                    .contains("\n         Do: There, in its home: chmod 755 e\n");
        } finally {
            mode(folder, "rwxr-xr-x");
        }
    }
}
