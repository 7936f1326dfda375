package io.gerve.testbed.gittests;

import io.gerve.testbed.fileserver.FileServerHome;
import io.gerve.testbed.fileserver.LocalFileServer;
import io.gerve.testbed.site.TestSite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Replacements of git-upload-pack and git-receive-pack in the git that is tested. For a repository on its own machine,
 * git runs these programs itself. The replacements run the same program over ssh, on the file server, so that all
 * traffic of a test with its local repositories goes over ssh.
 *
 * <p>The file server has a few repositories that are symbolic links. A program takes the next one and points it to the
 * repository of the test.
 */
final class PackPrograms {
    private static final List<String> NAMES = List.of("git-upload-pack", "git-receive-pack");
    /** More than one test uses at the same time. */
    private static final int REPOSITORIES = 8;

    private static final String GATE_HOST = "as-mojombo";
    private static final String FILE_SERVER_HOST = "file-server";

    private final Path git;
    private final TestSite site;
    private final FileServerHome home;

    /** @param git the folder of git's source */
    PackPrograms(Path git, TestSite site) {
        this.git = git;
        this.site = site;
        this.home = site.fileServers().getFirst().home();
    }

    /** Creates the repositories on the gate, and removes their folders and git's settings on the file server. */
    void createRepositories() throws IOException, InterruptedException {
        for (int i = 0; i < REPOSITORIES; i++) {
            site.gerve("repo create " + repository(i)).orThrow();
            Path folder = onDisk(i);
            Files.createSymbolicLink(links().resolve(Integer.toString(i)), folder);
            remove(folder);
        }
        // Git's tests set what they need, and expect git's defaults otherwise.
        Files.delete(home.folder().resolve(".gitconfig"));
        addFileServerHost();
    }

    private static String repository(int i) {
        return "mojombo/test" + i;
    }

    /** Returns the folder of symbolic links to the places of the repositories on the file server. */
    private Path links() throws IOException {
        return Files.createDirectories(site.folder().resolve("repositories"));
    }

    private Path onDisk(int i) throws IOException {
        try (Stream<Path> found = Files.find(home.folder(), 8, (file, _) -> file.endsWith(repository(i) + ".git"))) {
            return found.findFirst().orElseThrow();
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void addFileServerHost() throws IOException {
        LocalFileServer server = site.fileServers().getFirst();
        Path knownHosts = site.folder().resolve("file_server_known_hosts");
        Files.writeString(knownHosts, "file-server " + home.hostKey() + "\n");
        Path config = site.ssh().file();
        String hosts = Files.readString(config);
        Files.writeString(config, """
                Host %s
                  User %s
                  HostKeyAlias file-server
                  UserKnownHostsFile %s

                """.formatted(FILE_SERVER_HOST, server.user(), knownHosts) + hosts);
        site.ssh().addHost(FILE_SERVER_HOST, server.port(), site.folder().resolve("keys/gate_identity"));
    }

    /** Makes git reach the file server's sshd. */
    void useOpenssh() throws IOException {
        write(FILE_SERVER_HOST, "${place#'%s/'}".formatted(home.folder()));
    }

    /** Makes git reach the gate. */
    void useGate() throws IOException {
        write(GATE_HOST, "mojombo/test$number.git");
    }

    private void write(String host, String address) throws IOException {
        for (String name : NAMES) {
            for (Path program :
                    List.of(git.resolve(name), git.resolve("bin-wrappers").resolve(name))) {
                Files.deleteIfExists(program);
                Files.writeString(program, script(name, host, address));
                Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }

    /** The server's git reads the global settings of the test, as a git on the same machine does. */
    private String script(String name, String host, String address) throws IOException {
        return """
                #!/usr/bin/env bash
                directory=$PWD/$1
                case $1 in /*) directory=$1 ;; esac
                [ -e "$directory" ] || directory=$directory.git
                exec 9>>'%1$s/lock'
                flock 9
                number=$(( ($(cat '%1$s/last' 2>/dev/null || echo 0) + 1) %% %2$d ))
                echo "$number" >'%1$s/last'
                place=$(readlink '%1$s'/"$number")
                ln -sfn "$directory" "$place"
                ln -sfn "$HOME/.gitconfig" '%3$s/.gitconfig'
                exec 9>&-
                exec ssh -F '%4$s' -o SendEnv=GIT_PROTOCOL %5$s "%6$s '%7$s'"
                """.formatted(links(), REPOSITORIES, home.folder(), site.ssh().file(), host, name, address);
    }
}
