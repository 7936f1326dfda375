package io.gerve.testbed.site;

import io.gerve.testbed.fileserver.EmbeddedFileServer;
import io.gerve.testbed.fileserver.FileServerHome;
import io.gerve.testbed.fileserver.LocalFileServer;
import io.gerve.testbed.fileserver.OpensshFileServer;
import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.process.FreePort;
import io.gerve.testbed.process.Programs;
import io.gerve.testbed.process.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Site of two file servers and gates in one folder, with a running database and Redis. The caller sets up accounts and
 * operates the site through {@link #gerve}. Must be used by one thread only, except for {@link #shell}.
 */
public final class TestSite implements AutoCloseable {
    private static final Map<String, String> HEAP = heap("256m");
    private static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(3);

    private final Path folder;
    private final FrontendKind frontend;
    private final Distribution distribution;
    private final Stores stores;
    private final Programs programs;
    private final SshKeys keys;
    private final SshConfig sshConfig;
    private final List<Path> gateHostKeys;
    private final Path gateIdentity;
    private final List<LocalFileServer> fileServers = new ArrayList<>();
    private final List<GateProcess> gates = new ArrayList<>();
    private final List<OpensshGate> opensshGates = new ArrayList<>();
    private final List<KeyServiceProcess> keyServices = new ArrayList<>();
    private final GateConfig config;
    private final GateConfig operatorConfig;
    private final Shell shell;

    /** Starts the file servers of a site with a {@code gerve-frontend}. */
    public TestSite(Path folder, Distribution distribution, Stores stores, Programs programs) throws Exception {
        this(folder, FrontendKind.FRONTEND, distribution, stores, programs);
    }

    /**
     * Starts the file servers. The caller starts the gate with {@link #startGate} or {@link #startOpensshGate}, after
     * the database has its tables.
     */
    public TestSite(Path folder, FrontendKind frontend, Distribution distribution, Stores stores, Programs programs)
            throws Exception {
        this.folder = folder;
        this.frontend = frontend;
        this.distribution = distribution;
        this.stores = stores;
        this.programs = programs;
        this.keys = new SshKeys(Files.createDirectories(folder.resolve("keys")));
        this.gateHostKeys = List.of(
                keys.create("gate_host_key", "-t", "ed25519"), keys.create("gate_host_ecdsa_key", "-t", "ecdsa"));
        this.gateIdentity = keys.create("gate_identity", "-t", "ed25519");
        this.sshConfig = new SshConfig(folder.resolve("ssh_config"), frontend.user(), gateHostKeys);
        try {
            for (String name : List.of("fs1", "fs2")) {
                fileServers.add(startFileServer(folder.resolve(name)));
            }
            this.config = writeConfig("gerve.toml");
            this.operatorConfig = config.withDatabaseUser("gerve_operator", "operator.toml");
            writeLauncher();
            writeGitConfig();
            this.shell = new Shell(Files.createDirectories(folder.resolve("work")), environment(), COMMAND_TIMEOUT);
        } catch (Exception | Error e) {
            close();
            throw e;
        }
    }

    private LocalFileServer startFileServer(Path home) throws Exception {
        String gateKey = SshKeys.publicKey(gateIdentity);
        var prepared = FileServerHome.create(home, distribution.fileServerShare(), gateKey);
        int port = FreePort.find();
        Optional<Path> sshd = OpensshFileServer.installedSshd();
        if (sshd.isPresent()) {
            LocalFileServer server = OpensshFileServer.start(prepared, port, sshd.get(), programs);
            if (new LoginProbe(gateIdentity, folder).succeeds(server)) {
                return server;
            }
            server.close();
        }
        return EmbeddedFileServer.start(prepared, port, gateKey);
    }

    private GateConfig writeConfig(String name) throws IOException {
        return GateConfig.write(
                folder.resolve(name), frontend, stores, fileServers.getFirst(), gateHostKeys, gateIdentity);
    }

    /** Writes a launcher, so that {@code gerve} at a prompt operates this site. */
    private void writeLauncher() throws IOException {
        Path launcher = Files.createDirectories(folder.resolve("bin")).resolve("gerve");
        Files.writeString(launcher, """
                #!/bin/sh
                export JAVA_HOME='%s'
                exec '%s' --config '%s' "$@"
                """.formatted(
                        System.getProperty("java.home"), distribution.program("gerve"), operatorConfig.file()));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void writeGitConfig() throws IOException {
        Files.writeString(folder.resolve("gitconfig"), """
            [user]
                name = Chris
                email = chris@example.net
            [init]
                defaultBranch = main
            [push]
                default = current
            [advice]
                detachedHead = false
            """);
    }

    /** Returns the variables with which commands at a prompt operate this site. */
    public Map<String, String> environment() {
        var variables = new HashMap<String, String>();
        variables.put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        variables.put("GIT_SSH_COMMAND", "ssh -F " + sshConfig.file());
        variables.put("GIT_CONFIG_GLOBAL", folder.resolve("gitconfig").toString());
        variables.put("GERVE_API", config.apiUrl());
        return variables;
    }

    /** Starts a gate with 256 MB of heap. More than one can run. */
    public GateProcess startGate() throws IOException, InterruptedException {
        return startGate(HEAP, UnaryOperator.identity());
    }

    /** @param heap the heap size, in the form of {@code GERVE_FRONTEND_HEAP} */
    public GateProcess startGate(String heap) throws IOException, InterruptedException {
        return startGate(heap, UnaryOperator.identity());
    }

    public GateProcess startGate(String heap, UnaryOperator<String> edited) throws IOException, InterruptedException {
        return startGate(heap(heap), edited);
    }

    /** @param edited the change to the text of the gate's configuration file */
    public GateProcess startGate(UnaryOperator<String> edited) throws IOException, InterruptedException {
        return startGate(HEAP, edited);
    }

    /**
     * @param environment the variables of the gate, beside those of this JVM
     * @param edited the change to the text of the gate's configuration file
     */
    public GateProcess startGate(Map<String, String> environment, UnaryOperator<String> edited)
            throws IOException, InterruptedException {
        boolean first = gates.isEmpty();
        GateConfig written = first ? config : writeConfig("gerve-" + (gates.size() + 1) + ".toml");
        Files.writeString(written.file(), edited.apply(Files.readString(written.file())));
        GateProcess gate = GateProcess.start(
                distribution, written, environment, folder.resolve("gate-" + (gates.size() + 1) + ".log"), programs);
        gates.add(gate);
        return gate;
    }

    private static Map<String, String> heap(String size) {
        return Map.of("GERVE_FRONTEND_HEAP", size);
    }

    /** Starts the first gate again after it was killed, with the files that it left. */
    public void startGateAgain() throws IOException, InterruptedException {
        gates.set(0, GateProcess.start(distribution, config, HEAP, folder.resolve("gate-1-again.log"), programs));
    }

    /** Starts stock OpenSSH with an agent, on a site with {@link FrontendKind#OPENSSH}. Only one can run. */
    public OpensshGate startOpensshGate() throws IOException, InterruptedException {
        OpensshGate gate = OpensshGate.start(distribution, config, gateHostKeys.getFirst(), programs);
        opensshGates.add(gate);
        return gate;
    }

    /** Starts a key service. More than one can run. */
    public KeyServiceProcess startKeyService() throws IOException, InterruptedException {
        String name = "keylookup-" + (keyServices.size() + 1);
        GateConfig gateConfig = keyServices.isEmpty() ? config : writeConfig("gate-of-" + name + ".toml");
        KeyServiceProcess service = KeyServiceProcess.start(
                distribution,
                gateConfig.withDatabaseUser("gerve_keylookup", name + ".toml"),
                folder.resolve(name + ".log"),
                programs);
        keyServices.add(service);
        return service;
    }

    /** Creates a token with which a user can manage keys. */
    public String newToken(String login) throws IOException, InterruptedException {
        String output = gerve("token create " + login + " --scopes admin:public_key,repo --title 'To try it'")
                .orThrow()
                .output();
        return output.lines()
                .filter(line -> line.startsWith("gerve_"))
                .findFirst()
                .orElseThrow();
    }

    /** Returns the configuration file of the operator's commands. */
    public Path operatorConfig() {
        return operatorConfig.file();
    }

    /** Runs {@code gerve} from the distribution. */
    public CommandResult gerve(String arguments) throws IOException, InterruptedException {
        return shell.run("gerve " + arguments);
    }

    /**
     * Generates a key pair, which is not registered, and adds the host {@code as-<name>}, which is the gate with that
     * key.
     */
    public Path newKey(String name, String... kind) throws IOException, InterruptedException {
        Path key = keys.create(name, kind.length == 0 ? new String[] {"-t", "ed25519"} : kind);
        sshConfig.addHost("as-" + name, config.port(), key);
        return key;
    }

    public Path folder() {
        return folder;
    }

    public SshConfig ssh() {
        return sshConfig;
    }

    public List<LocalFileServer> fileServers() {
        return fileServers;
    }

    /** Starts a file server again after it was killed. */
    public void restartFileServer(int index) throws Exception {
        fileServers.set(index, fileServers.get(index).startAgain());
    }

    /** Returns the port of the first gate. */
    public int port() {
        return config.port();
    }

    public OpensshGate opensshGate() {
        return opensshGates.getFirst();
    }

    public KeyServiceProcess keyService() {
        return keyServices.getFirst();
    }

    public GateProcess gate() {
        return gates.getFirst();
    }

    /** Returns a shell in a folder that is empty at first, in which {@code gerve} and {@code git} operate this site. */
    public Shell shell() {
        return shell;
    }

    /** Stops the key services and the gates, then the file servers. Leaves the folder. */
    @Override
    public void close() {
        keyServices.forEach(KeyServiceProcess::close);
        gates.forEach(GateProcess::close);
        opensshGates.forEach(OpensshGate::close);
        fileServers.forEach(LocalFileServer::close);
    }
}
