package io.gerve.testbed.quickstart;

import io.gerve.testbed.fileserver.LocalFileServer;
import io.gerve.testbed.process.Shell;
import io.gerve.testbed.site.Progress;
import io.gerve.testbed.site.SshKeys;
import io.gerve.testbed.site.TestSite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Who and what is there to begin with: mojombo, who owns mojombo/bert (private) and mojombo/grit (public); the organization github with
 * github/hub (private), to which its team core, which is defunkt, may write; tom, who is nobody special; and a machine with a deploy
 * key of github/hub. mojombo has a new laptop, whose key is not registered yet. Everything is made with {@code gerve} and, through the gate, with git.
 */
final class Population {
    private final TestSite site;
    private final Progress progress;

    Population(TestSite site, Progress progress) {
        this.site = site;
        this.progress = progress;
    }

    void make() throws IOException, InterruptedException {
        progress.report("telling Gerve of the file servers");
        LocalFileServer first = site.fileServers().get(0);
        LocalFileServer second = site.fileServers().get(1);
        addServer("fs1", first, second);
        progress.report("making people with their keys, and a team");
        addPeople();
        addServer("fs2", second, first);
        addTeam();
        progress.report("starting the gate, and the service for keys");
        site.startGate();
        site.startKeyService();
        progress.report("making repositories on the file servers");
        addRepositories();
        progress.report("pushing some history through the gate");
        push("mojombo", "mojombo/bert");
        push("mojombo", "mojombo/grit");
        push("defunkt", "github/hub");
    }

    /** Each of the two machines is the active host of one logical server, and the standby of the other. */
    private void addServer(String name, LocalFileServer active, LocalFileServer standBy)
            throws IOException, InterruptedException {
        gerve("server create %1$s %1$sa %2$s".formatted(name, addressOf(active)));
        gerve("host add %1$s %1$sb %2$s".formatted(name, addressOf(standBy)));
    }

    private static String addressOf(LocalFileServer machine) throws IOException {
        return "127.0.0.1 --port %d --host-key '%s'"
                .formatted(machine.port(), machine.home().hostKey());
    }

    private void addPeople() throws IOException, InterruptedException {
        Path people = Files.createDirectories(site.folder().resolve("people"));
        for (String person : List.of("mojombo", "defunkt", "tom")) {
            Path key = SshKeys.publicKeyFile(site.newKey(person));
            Files.copy(key, people.resolve(key.getFileName()));
        }
        gerve("import gitolite '%s' --create-accounts".formatted(people));
        site.newKey("laptop");
    }

    private void addTeam() throws IOException, InterruptedException {
        gerve("org create github --owner mojombo --server fs2");
        gerve("org add-member github defunkt");
        gerve("team create github/core");
        gerve("team add-member github/core defunkt");
    }

    private void addRepositories() throws IOException, InterruptedException {
        gerve("repo create mojombo/bert");
        gerve("repo create mojombo/grit --public");
        gerve("repo create github/hub");
        gerve("team grant github/core github/hub write");
        Path machine = site.newKey("robot");
        gerve("key add --repo github/hub %s".formatted(SshKeys.publicKeyFile(machine)));
    }

    private void push(String person, String repository) throws IOException, InterruptedException {
        Shell seed = site.shell().in(site.folder().resolve("seed"));
        String name = repository.replace('/', '-');
        site.shell().run("mkdir -p '%s'".formatted(seed.folder())).orThrow();
        seed.run("git init -q -b main " + name).orThrow();
        Shell work = seed.in(seed.folder().resolve(name));
        work.run(CommitHistory.script(person, repository)).orThrow();
        work.run("git push -q as-%s:%s.git main v1.0".formatted(person, repository))
                .orThrow();
    }

    private void gerve(String arguments) throws IOException, InterruptedException {
        site.gerve(arguments).orThrow();
    }
}
