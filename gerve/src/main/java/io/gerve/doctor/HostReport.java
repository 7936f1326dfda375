package io.gerve.doctor;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Facts about a host, as {@code gerve-repository inspect} prints them.
 *
 * @param user the account of the gates
 * @param git the output of {@code git --version}; empty if there is no git
 * @param gitShell the path of git-shell; empty if there is none
 * @param folders by name; a folder that does not exist is missing
 * @param writable names of the folders to which the account of the gates can write
 * @param sshd the lines of the file with sshd's settings
 * @param gitSettings value by name, both as {@code git config --list} prints them
 */
record HostReport(
        Instant clock,
        String user,
        String git,
        String gitShell,
        Capacity space,
        Capacity inodes,
        Map<String, Folder> folders,
        Set<String> writable,
        List<String> sshd,
        Map<String, String> gitSettings) {
    private static final Pattern FACT =
            Pattern.compile("(clock|user|git|git_shell|space|inodes|folder|writable|sshd|git_config) ([ -~]{0,250})");
    private static final Pattern NUMBERS = Pattern.compile("([0-9]{1,15}) +([0-9]{1,15})");
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,11}");
    private static final Pattern SETTING = Pattern.compile("([^=]+)=(.*)");
    private static final Pattern FOLDER = Pattern.compile("(\\S{1,20}) (\\S{1,40}) ([0-7]{1,5})");

    /**
     * Capacity of the disk, in kilobytes or in files.
     *
     * @param size 0 if the file system does not count
     */
    record Capacity(long size, long free) {
        boolean isBelow(int percent) {
            return size > 0 && free * 100 < size * percent;
        }
    }

    /** @param mode in octal */
    record Folder(String owner, String mode) {}

    /** @throws UnusableHost if a line has another format or a fact is missing */
    static HostReport parse(List<String> lines) throws UnusableHost {
        Map<String, String> facts = new HashMap<>();
        Map<String, Folder> folders = new HashMap<>();
        Set<String> writable = new HashSet<>();
        List<String> sshd = new ArrayList<>();
        Map<String, String> git = new HashMap<>();
        for (String line : lines) {
            Matcher fact = matched(FACT, line);
            String value = fact.group(2).strip();
            switch (fact.group(1)) {
                case "folder" -> {
                    Matcher folder = matched(FOLDER, value);
                    folders.put(folder.group(1), new Folder(folder.group(2), folder.group(3)));
                }
                case "writable" -> writable.add(value);
                case "sshd" -> sshd.add(value);
                case "git_config" -> {
                    Matcher setting = matched(SETTING, value);
                    git.put(setting.group(1), setting.group(2));
                }
                default -> facts.put(fact.group(1), value);
            }
        }
        return of(facts, folders, writable, sshd, git);
    }

    private static HostReport of(
            Map<String, String> facts,
            Map<String, Folder> folders,
            Set<String> writable,
            List<String> sshd,
            Map<String, String> git)
            throws UnusableHost {
        long seconds = Long.parseLong(matched(SECONDS, one(facts, "clock")).group());
        return new HostReport(
                Instant.ofEpochSecond(seconds),
                one(facts, "user"),
                one(facts, "git"),
                one(facts, "git_shell"),
                capacity(one(facts, "space")),
                capacity(one(facts, "inodes")),
                folders,
                writable,
                sshd,
                git);
    }

    private static String one(Map<String, String> facts, String name) throws UnusableHost {
        String value = facts.get(name);
        if (value == null) {
            throw malformed(name);
        }
        return value;
    }

    private static Capacity capacity(String text) throws UnusableHost {
        if (text.replace("-", "").isBlank()) {
            return new Capacity(0, 0);
        }
        Matcher numbers = matched(NUMBERS, text);
        return new Capacity(Long.parseLong(numbers.group(1)), Long.parseLong(numbers.group(2)));
    }

    private static Matcher matched(Pattern form, String text) throws UnusableHost {
        Matcher matcher = form.matcher(text);
        if (!matcher.matches()) {
            throw malformed(text);
        }
        return matcher;
    }

    private static UnusableHost malformed(String what) {
        return new UnusableHost(
                "Its gerve-repository replied in an unknown format: " + what,
                "Copy share/file-server there, and run: ./setup --gate-key file_server_key.pub");
    }
}
