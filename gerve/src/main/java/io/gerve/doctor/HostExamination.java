package io.gerve.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Comparison of what a host reports with what a file server must have, as packaging/file-server/setup makes it. */
final class HostExamination {
    private static final String RUN_SETUP =
            "Copy share/file-server there, and run: ./setup --gate-key file_server_key.pub";
    private static final Pattern GIT_VERSION = Pattern.compile("git version (\\d{1,3})\\.(\\d{1,3})[ -~]*");
    /** The first version with core.fsync, which makes a push survive a power failure. */
    private static final int GIT_MAJOR = 2;

    private static final int GIT_MINOR = 36;

    /** Line that setup writes only for some versions of OpenSSH. */
    private static final String OPTIONAL_SSHD = "PerSourcePenaltyExemptList ";

    private static final int FREE_PERCENT_ERROR = 2;
    private static final int FREE_PERCENT_WARNING = 10;
    private static final List<String> FOLDERS = Stream.concat(
                    "0123456789abcdef".chars().mapToObj(Character::toString), Stream.of(".gerve-trash"))
            .toList();

    private final String subject;
    private final String user;
    private final HostReport report;

    /** @param user the account of the gates, as the configuration has it */
    HostExamination(String subject, String user, HostReport report) {
        this.subject = subject;
        this.user = user;
        this.report = report;
    }

    List<Finding> findings() {
        return List.of(git(), sshdSettings(), gitSettings(), disk(), folders());
    }

    private Finding git() {
        String install = "There: apt-get install git";
        if (report.git().isEmpty()) {
            return error("git", "It has no git.", install);
        }
        if (report.gitShell().isEmpty()) {
            return error("git", "It has no git-shell.", install);
        }
        Matcher version = GIT_VERSION.matcher(report.git());
        if (!version.matches()) {
            return error("git", "Its git has an unknown version: " + report.git(), install);
        }
        int major = Integer.parseInt(version.group(1));
        int minor = Integer.parseInt(version.group(2));
        return major > GIT_MAJOR || (major == GIT_MAJOR && minor >= GIT_MINOR)
                ? ok("git", report.git())
                : error(
                        "git",
                        "It has %s, which is too old. Gerve needs git %d.%d or later."
                                .formatted(report.git(), GIT_MAJOR, GIT_MINOR),
                        "There, upgrade to Debian 12 or later, then: " + RUN_SETUP);
    }

    private Finding sshdSettings() {
        List<String> expected = SetupSettings.sshd(user);
        List<String> missing =
                expected.stream().filter(line -> !report.sshd().contains(line)).toList();
        List<String> other = report.sshd().stream()
                .filter(line -> !expected.contains(line) && !line.startsWith(OPTIONAL_SSHD))
                .toList();
        if (missing.isEmpty() && other.isEmpty()) {
            return ok("sshd_settings", "");
        }
        return error("sshd_settings", "Its sshd" + difference(missing, other), RUN_SETUP);
    }

    private Finding gitSettings() {
        List<String> missing = new ArrayList<>();
        List<String> other = new ArrayList<>();
        for (Map.Entry<String, String> setting : SetupSettings.git().entrySet()) {
            Optional<String> value = Optional.ofNullable(report.gitSettings().get(setting.getKey()));
            if (!value.equals(Optional.of(setting.getValue()))) {
                missing.add(setting.getKey() + "=" + setting.getValue());
                value.ifPresent(different -> other.add(setting.getKey() + "=" + different));
            }
        }
        return missing.isEmpty()
                ? ok("git_settings", "")
                : finding(
                        "git_settings",
                        Severity.WARNING,
                        "Its git" + difference(missing, other),
                        RUN_SETUP + ". It does not change ~/.gitconfig, which can have other values.");
    }

    private static String difference(List<String> missing, List<String> other) {
        String lacks = missing.isEmpty() ? "" : " lacks the setting " + String.join(", ", missing);
        String has = other.isEmpty() ? "" : " has the setting " + String.join(", ", other);
        return lacks + (lacks.isEmpty() || has.isEmpty() ? "" : " and") + has + ".";
    }

    private Finding disk() {
        for (String folder : FOLDERS) {
            HostReport.Folder found = report.folders().get(folder);
            if (found != null && isUsersOwn(found) && !report.writable().contains(folder)) {
                return error(
                        "disk",
                        "The disk with the repositories is read-only: " + folder + " belongs to " + report.user()
                                + ", which cannot write to it.",
                        "There: dmesg, to see why, then: mount -o remount,rw on its file system");
            }
        }
        for (var capacity : List.of(report.space(), report.inodes())) {
            String what = capacity.equals(report.space()) ? "space" : "files";
            String free = "Of the " + what + " on the disk with the repositories, "
                    + (capacity.size() == 0 ? 0 : capacity.free() * 100 / capacity.size()) + " % is free.";
            if (capacity.isBelow(FREE_PERCENT_ERROR)) {
                return error("disk", "The disk is full. " + free, makeRoom());
            }
            if (capacity.isBelow(FREE_PERCENT_WARNING)) {
                return finding("disk", Severity.WARNING, free, makeRoom());
            }
        }
        return ok("disk", report.space().free() / 1024 + " MB free");
    }

    /** Returns whether the account of the gates owns the folder and its mode lets it write. */
    private boolean isUsersOwn(HostReport.Folder folder) {
        return folder.owner().equals(report.user()) && folder.mode().matches(".*[2367]..");
    }

    private static String makeRoom() {
        return "There: du -sh ~git/.gerve-trash, which has the removed repositories; delete what is not needed, or add space.";
    }

    private Finding folders() {
        return FOLDERS.stream()
                .flatMap(folder -> issueOf(folder).stream())
                .findFirst()
                .orElseGet(this::home);
    }

    private Optional<Finding> issueOf(String folder) {
        HostReport.Folder found = report.folders().get(folder);
        if (found == null) {
            return Optional.of(error("folders", "The folder " + folder + " is missing.", RUN_SETUP));
        }
        if (!isUsersOwn(found)) {
            return Optional.of(error(
                    "folders",
                    "The folder %s belongs to %s and has the mode %s, so %s cannot create repositories in it."
                            .formatted(folder, found.owner(), found.mode(), report.user()),
                    "There, in its home: chown %1$s: %2$s && chmod 755 %2$s".formatted(user, folder)));
        }
        return isWritableByOthers(found)
                ? Optional.of(error(
                        "folders",
                        "Other accounts of the machine can write to the folder %s (mode %s)."
                                .formatted(folder, found.mode()),
                        "There, in its home: chmod 755 " + folder))
                : Optional.empty();
    }

    private Finding home() {
        HostReport.Folder home = report.folders().get(".");
        if (home == null || isWritableByOthers(home)) {
            return error(
                    "folders",
                    "Other accounts than root can write to the home of " + user + " and replace the gates' key.",
                    RUN_SETUP);
        }
        return home.owner().equals("root")
                ? ok("folders", "")
                : finding(
                        "folders",
                        Severity.WARNING,
                        "The home of %s belongs to %s, so whoever acts as that account can replace the gates' key."
                                .formatted(user, home.owner()),
                        RUN_SETUP);
    }

    private static boolean isWritableByOthers(HostReport.Folder folder) {
        return folder.mode().matches(".*([2367].|.[2367])");
    }

    private Finding ok(String name, String fact) {
        return finding(name, Severity.OK, fact, "");
    }

    private Finding error(String name, String what, String advice) {
        return finding(name, Severity.ERROR, what, advice);
    }

    private Finding finding(String name, Severity severity, String what, String advice) {
        return new Finding(name, subject, severity, what, advice);
    }
}
