package io.gerve.packaging.quickstart;

import io.gerve.packaging.process.Finished;
import io.gerve.packaging.site.Replica;
import io.gerve.packaging.site.Site;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;

/** Plays what a person would try, one command after the other, with real git and ssh. */
final class Tour {
    private final Site site;
    private final PrintStream out;
    private int done;

    Tour(Site site, PrintStream out) {
        this.site = site;
        this.out = out;
    }

    /** The commands that need nothing but git and ssh, and change little. */
    static List<Step> basics(Site site) {
        return List.of(
                new Step(
                        "The gate greets whoever owns the key",
                        "ssh -F " + site.ssh().file() + " -T as-mojombo",
                        1,
                        "Hi mojombo! You've successfully authenticated, but Gerve does not provide shell access."),
                new Step("An owner clones", "git clone as-mojombo:mojombo/bert.git", 0, "Cloning into 'bert'"),
                new Step(
                        "Somebody else pushes, as a member of a team that may",
                        "git clone -q as-defunkt:github/hub.git && cd hub && echo more >> README.md"
                                + " && git commit -q -a -m 'Say more' && git push",
                        0,
                        "main -> main"),
                new Step(
                        "A third may read a public repository",
                        "git clone as-tom:mojombo/grit.git",
                        0,
                        "Cloning into 'grit'"),
                new Step(
                        "… but not push to it",
                        "cd grit && git commit -q --allow-empty -m 'Mine now' && git push",
                        128,
                        "ERROR: Permission to mojombo/grit.git denied to tom."),
                new Step(
                        "… and is not told whether a private one exists",
                        "git clone as-tom:mojombo/bert.git not-for-tom",
                        128,
                        "ERROR: Repository not found."),
                new Step(
                        "A machine reads with its deploy key",
                        "git clone -q as-robot:github/hub.git robots-hub && git -C robots-hub log --oneline -1",
                        0,
                        "Say more"),
                new Step(
                        "… which was added as read-only",
                        "cd robots-hub && git commit -q --allow-empty -m 'Beep' && git push",
                        128,
                        "ERROR: The key you are authenticating with has been marked as read only."),
                new Step(
                        "Nothing but git is ever run",
                        "ssh -F " + site.ssh().file() + " as-mojombo 'cat /etc/passwd'",
                        128,
                        "ERROR: Invalid command: cat /etc/passwd"),
                new Step(
                        "An archive comes without a clone",
                        "git archive --remote=as-mojombo:mojombo/bert.git v1.0 | tar -tf - | head -3",
                        0,
                        "README.md"),
                new Step(
                        "Protocol v2 is on, all the way",
                        "GIT_TRACE_PACKET=1 git ls-remote as-mojombo:mojombo/bert.git 2>&1 | grep -m1 'version 2'",
                        0,
                        "version 2"));
    }

    private static List<Step> operating(Site site) {
        String keyOfTom = site.folder().resolve("keys/tom.pub").toString();
        return List.of(
                new Step("A repository gets another name", "gerve repo rename mojombo/grit mojombo/granite", 0, ""),
                new Step(
                        "… and the old one still works, and says so",
                        "git -C grit fetch -v",
                        0,
                        "NOTE: mojombo/grit moved to mojombo/granite. Please use the new address."),
                new Step("A repository is archived", "gerve repo archive mojombo/bert", 0, ""),
                new Step(
                        "… and takes no more pushes",
                        "cd bert && git commit -q --allow-empty -m 'Too late' && git push",
                        128,
                        "ERROR: This repository was archived so it is read-only."),
                new Step(
                        "The whole site is made read-only",
                        "gerve site read-only on --reason 'Moving house until 12:00 UTC.'",
                        0,
                        ""),
                new Step(
                        "… and says why",
                        "cd hub && git commit -q --allow-empty -m 'Wait' && git push",
                        128,
                        "Moving house until 12:00 UTC."),
                new Step("… and is opened again", "gerve site read-only off && git -C hub push", 0, "main -> main"),
                new Step(
                        "A key is revoked",
                        "gerve key revoke \"$(ssh-keygen -lf '%s' | cut -d' ' -f2)\" --reason 'Laptop lost.'"
                                .formatted(keyOfTom),
                        0,
                        ""),
                new Step("… and lets nobody in any more", "git -C grit fetch", 128, "revoked"));
    }

    private static List<Step> failover() {
        return List.of(
                new Step(
                        "github's file server is gone: its stand-by serves reads at once",
                        "git clone -q as-defunkt:github/hub.git after-the-crash && git -C after-the-crash log --oneline -1",
                        0,
                        "Wait"),
                new Step(
                        "… but takes no pushes yet",
                        "cd hub && git commit -q --allow-empty -m 'After the crash' && git push",
                        128,
                        "ERROR: The server that stores github/hub is not answering."),
                new Step("The stand-by is made the active host", "gerve route failover fs2", 0, ""),
                new Step("… and the push goes through", "git -C hub push", 0, "main -> main"));
    }

    /** @return what went wrong, empty if nothing did */
    Optional<String> play() throws Exception {
        for (Step step : basics(site)) {
            if (!plays(step)) {
                return Optional.of(step.title());
            }
        }
        for (Step step : operating(site)) {
            if (!plays(step)) {
                return Optional.of(step.title());
            }
        }
        out.println(
                "# The second file server's repositories are copied to the first, as an operator's replication would, and then it dies.");
        new Replica(site).copy(1, 0);
        site.fileServers().get(1).kill();
        for (Step step : failover()) {
            if (!plays(step)) {
                return Optional.of(step.title());
            }
        }
        return Optional.empty();
    }

    int stepsDone() {
        return done;
    }

    private boolean plays(Step step) throws IOException, InterruptedException {
        out.println();
        out.println("# " + step.title());
        out.println("$ " + step.command());
        Finished finished = site.shell().run(step.command());
        finished.output().lines().forEach(line -> out.println("    " + line));
        Optional<String> complaint = step.complaintAbout(finished);
        complaint.ifPresent(what -> out.println("!!! " + what));
        out.flush();
        if (complaint.isEmpty()) {
            done++;
        }
        return complaint.isEmpty();
    }
}
