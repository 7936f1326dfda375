package io.gerve.testbed.quickstart;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.site.ApiCall;
import io.gerve.testbed.site.StandByCopy;
import io.gerve.testbed.site.TestSite;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Plays what a person would try, one command after the other, with real git and ssh. */
final class Tour {
    private static final Duration DELETED_KEY_MAX = Duration.ofSeconds(1);

    private final TestSite site;
    private final String token;
    private final PrintStream out;
    private int done;

    /** @param token of mojombo */
    Tour(TestSite site, String token, PrintStream out) {
        this.site = site;
        this.token = token;
        this.out = out;
    }

    /** The commands that need nothing but git and ssh, and change little. */
    static List<TourStep> basics(TestSite site) {
        return List.of(
                new TourStep(
                        "The gate greets whoever owns the key",
                        "ssh -F " + site.ssh().file() + " -T as-mojombo",
                        1,
                        "Hi mojombo! You've successfully authenticated, but Gerve does not provide shell access."),
                new TourStep("An owner clones", "git clone as-mojombo:mojombo/bert.git", 0, "Cloning into 'bert'"),
                new TourStep(
                        "Somebody else pushes, as a member of a team that may",
                        "git clone -q as-defunkt:github/hub.git && cd hub && echo more >> README.md"
                                + " && git commit -q -a -m 'Say more' && git push",
                        0,
                        "main -> main"),
                new TourStep(
                        "A third may read a public repository",
                        "git clone as-tom:mojombo/grit.git",
                        0,
                        "Cloning into 'grit'"),
                new TourStep(
                        "… but not push to it",
                        "cd grit && git commit -q --allow-empty -m 'Mine now' && git push",
                        128,
                        "ERROR: Permission to mojombo/grit.git denied to tom."),
                new TourStep(
                        "… and is not told whether a private one exists",
                        "git clone as-tom:mojombo/bert.git not-for-tom",
                        128,
                        "ERROR: Repository not found."),
                new TourStep(
                        "A machine reads with its deploy key",
                        "git clone -q as-robot:github/hub.git robots-hub && git -C robots-hub log --oneline -1",
                        0,
                        "Say more"),
                new TourStep(
                        "… which was added as read-only",
                        "cd robots-hub && git commit -q --allow-empty -m 'Beep' && git push",
                        128,
                        "ERROR: The key you are authenticating with has been marked as read only."),
                new TourStep(
                        "Nothing but git is ever run",
                        "ssh -F " + site.ssh().file() + " as-mojombo 'cat /etc/passwd'",
                        127,
                        "ERROR: Invalid command: cat /etc/passwd"),
                new TourStep(
                        "An archive comes without a clone",
                        "git archive --remote=as-mojombo:mojombo/bert.git v1.0 | tar -tf - | head -3",
                        0,
                        "README.md"),
                new TourStep(
                        "Protocol v2 is on, all the way",
                        "GIT_TRACE_PACKET=1 git ls-remote as-mojombo:mojombo/bert.git 2>&1 | grep -m1 'version 2'",
                        0,
                        "version 2"));
    }

    private static List<TourStep> operating(TestSite site) {
        String keyOfTom = site.folder().resolve("keys/tom.pub").toString();
        return List.of(
                new TourStep("A repository gets another name", "gerve repo rename mojombo/grit mojombo/granite", 0, ""),
                new TourStep(
                        "… and the old one still works, and says so",
                        "git -C grit fetch -v",
                        0,
                        "NOTE: mojombo/grit moved to mojombo/granite. Please use the new address."),
                new TourStep("A repository is archived", "gerve repo archive mojombo/bert", 0, ""),
                new TourStep(
                        "… and takes no more pushes",
                        "cd bert && git commit -q --allow-empty -m 'Too late' && git push",
                        128,
                        "ERROR: This repository was archived so it is read-only."),
                new TourStep(
                        "The whole site is made read-only",
                        "gerve site set --read-only 'Moving house until 12:00 UTC.'",
                        0,
                        ""),
                new TourStep(
                        "… and says why",
                        "cd hub && git commit -q --allow-empty -m 'Wait' && git push",
                        128,
                        "Moving house until 12:00 UTC."),
                new TourStep(
                        "… and is opened again", "gerve site set --read-write && git -C hub push", 0, "main -> main"),
                new TourStep(
                        "A key is revoked",
                        "gerve key revoke \"$(ssh-keygen -lf '%s' | cut -d' ' -f2)\" --reason 'Laptop lost.'"
                                .formatted(keyOfTom),
                        0,
                        ""),
                new TourStep("… and lets nobody in any more", "git -C grit fetch", 128, "revoked"));
    }

    private static List<TourStep> auditing(TestSite site) {
        return List.of(
                new TourStep(
                        "A refusal is explained, by the id that stands in it",
                        "id=$(git -C grit fetch 2>&1 | sed -n 's/.*\\[\\([0-9a-z]*\\)\\].*/\\1/p'); sleep 1; gerve explain $id",
                        0,
                        "Laptop lost."),
                new TourStep(
                        "Who can push to a repository, and through which grant",
                        "gerve audit repo github/hub --where permission=push",
                        0,
                        "defunkt"),
                new TourStep(
                        "What the gate would decide, rule by rule",
                        "gerve explain --account defunkt --repo mojombo/granite --verb push",
                        1,
                        "denied to defunkt"),
                new TourStep("Nobody has touched the record of what happened", "gerve audit log verify", 0, ""),
                new TourStep(
                        "People ask about themselves",
                        "ssh -F " + site.ssh().file() + " as-mojombo whoami",
                        0,
                        "mojombo"));
    }

    private static List<TourStep> failover() {
        return List.of(
                new TourStep(
                        "github's file server is gone: its standby serves reads at once",
                        "git clone -q as-defunkt:github/hub.git after-the-crash && git -C after-the-crash log --oneline -1",
                        0,
                        "Wait"),
                new TourStep(
                        "… but takes no pushes yet",
                        "cd hub && git commit -q --allow-empty -m 'After the crash' && git push",
                        128,
                        "ERROR: The server that stores github/hub is not answering."),
                new TourStep("The standby is made the active host", "gerve route failover fs2", 0, ""),
                new TourStep("… and the push goes through", "git -C hub push", 0, "main -> main"));
    }

    /** @return what went wrong, empty if nothing did */
    Optional<String> play() throws Exception {
        out.println(
                "The service for keys is at " + site.keyService().url() + "/, where this token is mojombo's: " + token);
        for (TourStep step : basics(site)) {
            if (!run(step)) {
                return Optional.of(step.title());
            }
        }
        Optional<String> failure = playsKeys();
        if (failure.isPresent()) {
            return failure;
        }
        for (TourStep step : operating(site)) {
            if (!run(step)) {
                return Optional.of(step.title());
            }
        }
        for (TourStep step : auditing(site)) {
            if (!run(step)) {
                return Optional.of(step.title());
            }
        }
        out.println(
                "# The second file server's repositories are copied to the first, as an operator's replication would, and then it dies.");
        new StandByCopy(site).copy(1, 0);
        site.fileServers().get(1).kill();
        for (TourStep step : failover()) {
            if (!run(step)) {
                return Optional.of(step.title());
            }
        }
        return Optional.empty();
    }

    /** The key of a new laptop: added through the API, used, deleted through the API, refused. */
    private Optional<String> playsKeys() throws IOException, InterruptedException {
        String adding = "A key is added through GitHub's API for keys";
        HttpResponse<String> added = calls(adding, new NewLaptop(site).adding());
        if (!did(added.statusCode() == 201, "status " + added.statusCode() + " instead of 201")) {
            return Optional.of(adding);
        }
        var use = new TourStep(
                "… and opens the gate at once", "git clone as-laptop:mojombo/bert.git laptop", 0, "Cloning");
        if (!run(use)) {
            return Optional.of(use.title());
        }
        String deleting = "It is deleted through the API";
        HttpResponse<String> deleted = calls(deleting, NewLaptop.deleting(NewLaptop.idIn(added)));
        if (!did(deleted.statusCode() == 204, "status " + deleted.statusCode() + " instead of 204")) {
            return Optional.of(deleting);
        }
        var refusal = new TourStep(
                "… and within a second lets nobody in any more",
                "git -C laptop fetch",
                128,
                "Permission denied (publickey)");
        return playsWithin(DELETED_KEY_MAX, refusal) ? Optional.empty() : Optional.of(refusal.title());
    }

    private HttpResponse<String> calls(String title, ApiCall call) throws IOException, InterruptedException {
        announce(title, call.asCurl());
        HttpResponse<String> answer = site.keyService().send(call, token);
        show(answer.body());
        return answer;
    }

    /** What was begun after that time must do what it should. */
    private boolean playsWithin(Duration most, TourStep step) throws IOException, InterruptedException {
        announce(step.title(), step.command());
        long start = System.nanoTime();
        Duration begun;
        CommandResult finished;
        do {
            begun = Duration.ofNanos(System.nanoTime() - start);
            finished = site.shell().run(step.command());
        } while (step.complaintAbout(finished).isPresent() && begun.compareTo(most) < 0);
        show(finished.output());
        show("(refused to a connection " + begun.toMillis() + " ms after the answer)");
        Optional<String> complaint = step.complaintAbout(finished);
        return did(complaint.isEmpty(), complaint.orElse(""));
    }

    int stepsDone() {
        return done;
    }

    private boolean run(TourStep step) throws IOException, InterruptedException {
        announce(step.title(), step.command());
        CommandResult finished = site.shell().run(step.command());
        show(finished.output());
        Optional<String> complaint = step.complaintAbout(finished);
        return did(complaint.isEmpty(), complaint.orElse(""));
    }

    private void announce(String title, String command) {
        out.println();
        out.println("# " + title);
        out.println("$ " + command);
    }

    private void show(String output) {
        output.lines().forEach(line -> out.println("    " + line));
        out.flush();
    }

    private boolean did(boolean what, String complaint) {
        if (what) {
            done++;
        } else {
            out.println("!!! " + complaint);
            out.flush();
        }
        return what;
    }
}
