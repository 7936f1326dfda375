package io.gerve.agent.protocol;

import java.util.ArrayList;
import java.util.List;

/**
 * The parameters with which ssh(1) connects the client to a file server. The constructors reject every value that ssh
 * or a shell could take for an option, a second command or another variable.
 *
 * @param stderrText lines for the client's standard error before ssh starts; may be empty
 * @param host the host and its pinned key
 * @param login the credentials and timeouts
 * @param command the canonical command: {@code git-upload-pack 'a/a8/e2/95/mojombo/bert.git'}
 * @param environment {@code NAME=value}, only {@code GIT_PROTOCOL} and {@code GERVE_…}
 */
public record SshInvocation(String stderrText, Host host, Login login, String command, List<String> environment) {
    private static final int FIXED_FIELDS = 11;
    private static final String QUOTE = "'";

    /**
     * The file server host.
     *
     * @param address a host name or an IP address
     * @param alias the name of the host in the known_hosts file
     * @param knownHosts the absolute path of the known_hosts file with the pinned key
     */
    public record Host(String address, int port, String alias, String knownHosts) {
        public Host {
            require(FieldFormat.isOf(address, ".:-") && isNotAnOption(address), "address");
            require(port >= 1 && port <= 65_535, "port");
            require(FieldFormat.isOf(alias, ".-") && isNotAnOption(alias), "alias");
            require(FieldFormat.isOf(knownHosts, "/._-") && knownHosts.startsWith("/"), "known hosts");
        }
    }

    /**
     * The login on the file server.
     *
     * @param program the absolute path of ssh
     * @param user the account on the file server
     * @param identityFile the absolute path of the private key
     * @param connectSeconds the connect timeout
     * @param keepaliveSeconds the keepalive interval
     */
    public record Login(String program, String user, String identityFile, int connectSeconds, int keepaliveSeconds) {
        public Login {
            require(program.startsWith("/"), "program");
            require(FieldFormat.isOf(user, "_-") && isNotAnOption(user), "user");
            require(identityFile.startsWith("/") && FieldFormat.isPrintableAscii(identityFile), "identity");
            require(connectSeconds >= 1 && keepaliveSeconds >= 1, "time");
        }
    }

    public SshInvocation {
        environment = List.copyOf(environment);
        require(isCanonical(command), "command");
        environment.forEach(variable -> require(isVariable(variable), "variable"));
    }

    private static boolean isNotAnOption(String text) {
        return !text.startsWith("-");
    }

    private static boolean isCanonical(String command) {
        int space = command.indexOf(' ');
        if (space < 0 || !command.startsWith(QUOTE, space + 1) || !command.endsWith(QUOTE)) {
            return false;
        }
        boolean isGit = command.startsWith("git-upload-pack ")
                || command.startsWith("git-receive-pack ")
                || command.startsWith("git-upload-archive ");
        return isGit
                && command.length() > space + 2
                && FieldFormat.isOf(command.substring(space + 2, command.length() - 1), "/._-")
                && !command.contains("..");
    }

    private static boolean isVariable(String variable) {
        int equals = variable.indexOf('=');
        String name = variable.substring(0, Math.max(0, equals));
        return (name.equals("GIT_PROTOCOL") || (name.startsWith("GERVE_") && FieldFormat.isOf(name, "_")))
                && FieldFormat.isPrintableAscii(variable);
    }

    private static void require(boolean isValid, String field) {
        if (!isValid) {
            throw new IllegalArgumentException("invalid ssh invocation: " + field);
        }
    }

    List<String> fields() {
        List<String> fields = new ArrayList<>(List.of(
                stderrText,
                host.address,
                Integer.toString(host.port),
                host.alias,
                host.knownHosts,
                login.program,
                login.user,
                login.identityFile,
                Integer.toString(login.connectSeconds)));
        fields.add(Integer.toString(login.keepaliveSeconds));
        fields.add(command);
        fields.addAll(environment);
        return fields;
    }

    static SshInvocation parse(List<String> fields) throws MalformedMessage {
        if (fields.size() < FIXED_FIELDS) {
            throw new MalformedMessage("ssh invocation has too few fields");
        }
        try {
            return new SshInvocation(
                    fields.get(0),
                    new Host(fields.get(1), FieldFormat.number(fields.get(2), 1, 65_535), fields.get(3), fields.get(4)),
                    new Login(
                            fields.get(5),
                            fields.get(6),
                            fields.get(7),
                            FieldFormat.number(fields.get(8), 1, Integer.MAX_VALUE),
                            FieldFormat.number(fields.get(9), 1, Integer.MAX_VALUE)),
                    fields.get(10),
                    fields.subList(FIXED_FIELDS, fields.size()));
        } catch (IllegalArgumentException e) {
            throw new MalformedMessage(String.valueOf(e.getMessage()));
        }
    }
}
