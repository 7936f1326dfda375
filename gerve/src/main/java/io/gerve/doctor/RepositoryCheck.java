package io.gerve.doctor;

import io.gerve.fileserver.FileServerUnavailable;
import io.gerve.fileserver.FileServers;
import io.gerve.git.RepositoryName;
import io.gerve.git.RepositoryPath;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.routing.FileServerHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Check of the repositories on disk: whether the active host has them, and whether each standby has the same refs. */
final class RepositoryCheck {
    private static final String REPOSITORIES = "repositories";
    private static final String STANDBY = "standby";
    /** Number of repositories of each file server that one run looks at; gerve-repository takes no more. */
    private static final int REPOSITORIES_MAX = 1000;

    private static final int NAMED_MAX = 3;
    private static final Duration REPLY_MAX = Duration.ofSeconds(40);
    private static final String MISSING = "missing";
    private static final String BROKEN = "broken";
    private static final Pattern STATE = Pattern.compile("(missing|broken|[0-9a-f]{64}) ([A-Za-z0-9._/-]{1,200})");

    private final MysqlServerList list;
    private final RemoteReader reader;
    private final RandomGenerator random;

    RepositoryCheck(MysqlServerList list, FileServers servers, RandomGenerator random) {
        this.list = list;
        this.reader = new RemoteReader(servers, REPLY_MAX);
        this.random = random;
    }

    Check check(ListedServer server) {
        return new Check(REPOSITORIES, server.name(), () -> run(server));
    }

    private List<Finding> run(ListedServer server) throws LookupUnavailable, InterruptedException {
        Map<String, RepositoryName> paths = new LinkedHashMap<>();
        for (RepositoryName name : list.repositories(server.name(), REPOSITORIES_MAX, random)) {
            paths.put(new RepositoryPath(name).text(), name);
        }
        FileServerHost active = server.hosts().getFirst();
        String subject = HostCheck.subject(server, active);
        try {
            Map<String, String> states = states(active, paths);
            List<Finding> findings = new ArrayList<>();
            findings.add(onDisk(subject, server, paths, states));
            for (FileServerHost standby :
                    server.hosts().subList(1, server.hosts().size())) {
                findings.add(copy(server, standby, paths, states));
            }
            return findings;
        } catch (FileServerUnavailable | UnusableHost e) {
            return List.of(unknown(REPOSITORIES, subject));
        }
    }

    private static Finding onDisk(
            String subject, ListedServer server, Map<String, RepositoryName> paths, Map<String, String> states) {
        List<String> missing = with(MISSING, states);
        List<String> broken = with(BROKEN, states);
        if (!missing.isEmpty()) {
            return error(
                    subject,
                    "%d of %d repositories are missing on its disk: %s"
                            .formatted(missing.size(), paths.size(), named(missing, paths)),
                    "Look for it there in .gerve-trash, on a standby, or in a backup, and move it to "
                            + missing.getFirst() + ". If nothing is left: gerve repo delete "
                            + paths.get(missing.getFirst()));
        }
        if (!broken.isEmpty()) {
            return error(
                    subject,
                    "git cannot read the refs of %d of %d repositories: %s"
                            .formatted(broken.size(), paths.size(), named(broken, paths)),
                    "There, in its home: git --git-dir=" + broken.getFirst() + " fsck. Or use the standby: gerve route"
                            + " failover " + server.argument());
        }
        return new Finding(REPOSITORIES, subject, Severity.OK, paths.size() + " looked at", "");
    }

    private Finding copy(
            ListedServer server, FileServerHost standby, Map<String, RepositoryName> paths, Map<String, String> active)
            throws InterruptedException {
        String subject = HostCheck.subject(server, standby);
        try {
            Map<String, String> copies = states(standby, paths);
            List<String> differing = active.entrySet().stream()
                    .filter(state -> !state.getValue().equals(MISSING)
                            && !state.getValue().equals(copies.get(state.getKey())))
                    .map(Map.Entry::getKey)
                    .toList();
            return differing.isEmpty()
                    ? new Finding(STANDBY, subject, Severity.OK, paths.size() + " looked at", "")
                    : new Finding(
                            STANDBY,
                            subject,
                            Severity.WARNING,
                            "Its copies of %d of %d repositories are stale or missing: %s. A failover would lose pushes."
                                    .formatted(differing.size(), paths.size(), named(differing, paths)),
                            "Copy the repositories from "
                                    + server.hosts().getFirst().name()
                                    + " to it again, for example there: rsync -a, and see why the regular copy failed.");
        } catch (FileServerUnavailable | UnusableHost e) {
            return unknown(STANDBY, subject);
        }
    }

    /** Returns the state of each repository, by path. */
    private Map<String, String> states(FileServerHost host, Map<String, RepositoryName> paths)
            throws FileServerUnavailable, UnusableHost, InterruptedException {
        Map<String, String> states = new LinkedHashMap<>();
        for (String line : reader.run(host, "state", List.copyOf(paths.keySet()))) {
            Matcher state = STATE.matcher(line);
            if (!state.matches() || !paths.containsKey(state.group(2))) {
                throw new UnusableHost(
                        "Its gerve-repository replied in an unknown format: " + line, "Run setup there.");
            }
            states.put(state.group(2), state.group(1));
        }
        return states;
    }

    private static List<String> with(String state, Map<String, String> states) {
        return states.entrySet().stream()
                .filter(each -> each.getValue().equals(state))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String named(List<String> found, Map<String, RepositoryName> paths) {
        List<String> first = found.stream()
                .limit(NAMED_MAX)
                .map(path -> String.valueOf(paths.get(path)))
                .toList();
        return String.join(", ", first) + (found.size() > NAMED_MAX ? " and more" : "");
    }

    private static Finding error(String subject, String what, String advice) {
        return new Finding(REPOSITORIES, subject, Severity.ERROR, what, advice);
    }

    private static Finding unknown(String name, String subject) {
        return new Finding(
                name,
                subject,
                Severity.UNKNOWN,
                "Its repositories could not be looked at, because it does not reply.",
                "Correct what the check file_server of " + subject + " says.");
    }
}
