package io.gerve.agent.client;

import io.gerve.agent.protocol.SshInvocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The ssh(1) command line that connects a client to its file server. It reads no configuration, never prompts, and
 * trusts only the pinned host key. Strings are joined with {@code concat}: for {@code +} the JVM generates code at the
 * first use, which would slow down every start.
 */
record SshCommand(SshInvocation invocation) {
    private static final String PATH = "PATH=/usr/bin:/bin";
    /** The caller's variables that ssh needs, for the home directory and the language of its messages. */
    private static final List<String> KEPT = List.of("HOME", "USER", "LOGNAME", "LANG");

    private static final List<String> ALWAYS = List.of(
            "BatchMode=yes",
            "PreferredAuthentications=publickey",
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
            "StrictHostKeyChecking=yes",
            "GlobalKnownHostsFile=/dev/null",
            "UpdateHostKeys=no",
            "CheckHostIP=no",
            "ClearAllForwardings=yes",
            "ForwardAgent=no",
            "ForwardX11=no",
            "PermitLocalCommand=no",
            "ControlMaster=no",
            "ControlPath=none",
            "EscapeChar=none",
            "ConnectionAttempts=1",
            "ServerAliveCountMax=3",
            "LogLevel=ERROR",
            "SendEnv=GIT_PROTOCOL GERVE_*");

    /** Returns the program and its arguments. */
    List<String> arguments() {
        SshInvocation.Host host = invocation.host();
        SshInvocation.Login login = invocation.login();
        List<String> arguments = new ArrayList<>(List.of(login.program(), "-F", "none", "-T"));
        for (String option : ALWAYS) {
            add(arguments, option);
        }
        add(arguments, "UserKnownHostsFile=".concat(host.knownHosts()));
        add(arguments, "HostKeyAlias=".concat(host.alias()));
        add(arguments, "ConnectTimeout=".concat(Integer.toString(login.connectSeconds())));
        add(arguments, "ServerAliveInterval=".concat(Integer.toString(login.keepaliveSeconds())));
        arguments.add("-i");
        // ssh expands tokens such as %h.
        arguments.add(login.identityFile().replace("%", "%%"));
        arguments.add("-l");
        arguments.add(login.user());
        arguments.add("-p");
        arguments.add(Integer.toString(host.port()));
        arguments.add("--");
        arguments.add(host.address());
        arguments.add(invocation.command());
        return arguments;
    }

    private static void add(List<String> arguments, String option) {
        arguments.add("-o");
        arguments.add(option);
    }

    /**
     * Returns the environment of ssh.
     *
     * @param caller the caller's environment, of which only harmless variables are kept
     */
    List<String> environment(Map<String, String> caller) {
        List<String> environment = new ArrayList<>(invocation.environment());
        environment.add(PATH);
        for (String name : KEPT) {
            String value = caller.get(name);
            if (value != null) {
                environment.add(name.concat("=").concat(value));
            }
        }
        return environment;
    }
}
