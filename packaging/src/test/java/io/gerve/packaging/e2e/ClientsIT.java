package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.packaging.e2e.GitClient.Operation;
import io.gerve.packaging.e2e.GitClient.Target;
import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.process.Shell;
import java.net.InetSocketAddress;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.SshSessionFactory;
import org.eclipse.jgit.transport.sshd.ServerKeyDatabase;
import org.eclipse.jgit.transport.sshd.SshdSessionFactoryBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Test that the table in {@code doc/clients.md} is what the clients that people have do. */
@ExtendWith(SharedGate.class)
class ClientsIT {
    private static final Path TABLE = Path.of("doc/clients.md");
    private static final Path SCRIPTS = Path.of("src/test/resources/io/gerve/packaging/e2e/clients");
    /** {@code packaging/verify} installs ssh2 here, if npm's registry is within reach. */
    private static final Path NODE_MODULES = Path.of("target/npm/node_modules").toAbsolutePath();

    private static final String SSH2 = "ssh2 of npm";
    private static final String NODE = "env NODE_PATH=" + NODE_MODULES + " node " + script("ssh2_client.js");

    private static final String NOT_FOUND = "Repository not found.";
    private static final int COLUMNS = 8;
    private static final int VERSION_COLUMN = 1;

    private final RunningGate gate;
    private final Shell shell;
    private final Map<String, Path> keys = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();

    ClientsIT(RunningGate gate) throws Exception {
        this.gate = gate;
        this.shell = gate.shell()
                .in(Files.createDirectories(gate.site().folder().resolve("clients")))
                .with("CLIENT_PORT", Integer.toString(gate.site().port()));
    }

    @Test
    void clientsDoWhatTheTableSays() throws Exception {
        makeKey("ed25519");
        makeKey("ecdsa");
        makeKey("rsa");
        List<String> rows = new ArrayList<>();
        for (GitClient client : clients()) {
            rows.add(row(client));
        }
        assertThat(rows.stream().map(ClientsIT::withoutVersion))
                .as("Rows for %s:%n%s%n%s", TABLE, String.join("\n", rows), String.join("\n", failures))
                .containsExactlyElementsOf(Files.readAllLines(TABLE).stream()
                        .filter(line -> line.startsWith("| ") && line.split("\\|", -1).length == COLUMNS + 2)
                        .skip(1)
                        .filter(line -> isInstalled(line.split("\\|", -1)[1].strip()))
                        .map(ClientsIT::withoutVersion)
                        .toList());
    }

    /** There is no LFS server: git-lfs must not try again, and the user must read why. */
    @Test
    void pushOfAnLfsFileSaysThatThereIsNoLfs() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        CommandResult pushed = gate.shell()
                .in(gate.shell().folder().resolve(repository))
                .run("git lfs install --local && git lfs track '*.bin' && echo large > a.bin && git add ."
                        + " && git commit -q -m large && git push origin main:large");
        assertThat(pushed.output()).contains("git-lfs-authenticate: not found");
        assertThat(pushed.output().split("git-lfs-authenticate: not found", -1)).hasSize(2);
        assertThat(pushed.status()).isNotZero();
        assertThat(gate.hasBranch(0, repository, "large")).isFalse();
    }

    /** libssh chooses its signature as soon as the keys are exchanged. By then it must know what the gate accepts. */
    @Test
    void libsshLogsInWithRsaEachTime() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        Path key = gate.newKey("libssh-rsa", "-t", "rsa");
        gate.addKey("mojombo", key);
        CommandResult logins = shell.with("CLIENT_KEY", key.toString())
                .run(
                        "set -- git@127.0.0.1 \"git-upload-pack '%s.git'\"; for n in $(seq 25); do printf 0000 | %s || exit; done"
                                .formatted(repository, python("libssh_client.py")));
        assertThat(logins.output().split("symref=HEAD:", -1)).hasSize(26);
        assertThat(logins.status()).isZero();
    }

    /** With each key, it also makes what dropbear and PuTTY read: KEY.dropbear and KEY.ppk. */
    private void makeKey(String type) throws Exception {
        Path key = gate.newKey("client-" + type, "-t", type);
        gate.addKey("mojombo", key);
        shell.run("dropbearconvert openssh dropbear %1$s %1$s.dropbear && puttygen %1$s -o %1$s.ppk".formatted(key))
                .orThrow();
        keys.put(type, key);
    }

    private List<GitClient> clients() throws Exception {
        String hostKey = shell.run("ssh-keygen -lf " + gate.site().folder().resolve("keys/gate_host_key.pub"))
                .orThrow()
                .output()
                .split(" ", -1)[1];
        String openssh = "ssh -F none -p $CLIENT_PORT -i $CLIENT_KEY -o IdentitiesOnly=yes -o BatchMode=yes"
                + " -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null ";
        return Stream.<GitClient>of(
                        new SshProgramClient(shell, "OpenSSH", "ssh -V", openssh + "\"$@\""),
                        new SshProgramClient(
                                shell,
                                "OpenSSH, algorithms of FIPS 140",
                                "ssh -V",
                                openssh + "-o KexAlgorithms=ecdh-sha2-nistp384,ecdh-sha2-nistp256 -o Ciphers=aes256-ctr"
                                        + " -o MACs=hmac-sha2-256 -o HostKeyAlgorithms=ecdsa-sha2-nistp256 \"$@\""),
                        new SshProgramClient(
                                shell,
                                "OpenSSH, algorithms with SHA-1",
                                "ssh -V",
                                openssh + "-o KexAlgorithms=diffie-hellman-group14-sha1 -o MACs=hmac-sha1 \"$@\""),
                        new SshProgramClient(
                                shell,
                                "Dropbear",
                                "dbclient -V",
                                "dbclient -y -y -p $CLIENT_PORT -i $CLIENT_KEY.dropbear \"$@\""),
                        new SshProgramClient(
                                shell,
                                "PuTTY",
                                "plink -V",
                                "plink -ssh -batch -hostkey " + hostKey + " -P $CLIENT_PORT -i $CLIENT_KEY.ppk \"$@\""),
                        new SshProgramClient(shell, "libssh", version("libssh_client.py"), python("libssh_client.py")),
                        new SshProgramClient(
                                shell, "asyncssh", version("asyncssh_client.py"), python("asyncssh_client.py")),
                        new SshProgramClient(shell, SSH2, NODE + " version", NODE + " \"$@\""),
                        new PythonLibraryClient(
                                shell, "libgit2, libssh2", gate.site().port(), script("libgit2.py")),
                        new PythonLibraryClient(
                                shell, "dulwich, paramiko", gate.site().port(), script("dulwich_paramiko.py")),
                        new JgitClient(
                                "JGit, MINA",
                                versionOf(ServerKeyDatabase.class),
                                gate.site().port(),
                                this::mina),
                        new JgitClient(
                                "JGit, JSch",
                                versionOf(com.jcraft.jsch.JSch.class),
                                gate.site().port(),
                                JschSessionFactory::new))
                .filter(client -> isInstalled(client.name()))
                .toList();
    }

    private static boolean isInstalled(String client) {
        return !client.equals(SSH2) || Files.exists(NODE_MODULES.resolve("ssh2"));
    }

    private static Path script(String name) {
        return SCRIPTS.resolve(name).toAbsolutePath();
    }

    private static String python(String script) {
        return "/usr/bin/python3 -W ignore " + script(script) + " \"$@\"";
    }

    private static String version(String script) {
        return "/usr/bin/python3 -W ignore " + script(script) + " version";
    }

    /** Returns the version in the name of the library's file: {@code jsch-2.28.8.jar}. */
    private static String versionOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .getFileName()
                .toString()
                .replaceFirst("\\.jar$", "");
    }

    private SshSessionFactory mina(Path key) {
        return new SshdSessionFactoryBuilder()
                .setPreferredAuthentications("publickey")
                .setHomeDirectory(shell.folder().toFile())
                .setSshDirectory(shell.folder().toFile())
                .setConfigFile(_ -> null)
                .setDefaultIdentities(_ -> List.of(key))
                .setServerKeyDatabase((_, _) -> new AnyKey())
                .withDefaultConnectorFactory()
                .build(null);
    }

    private String row(GitClient client) throws Exception {
        String repository = gate.newRepositoryWithHistory();
        String id = client.name().replaceAll("[^a-zA-Z0-9]+", "-");
        List<String> accepted = new ArrayList<>();
        var target = new Target(
                repository, shell.folder().resolve(id), keys.values().iterator().next(), "by-" + id);
        for (Map.Entry<String, Path> key : keys.entrySet()) {
            if (works(client, Operation.LIST, target.with(key.getValue()))) {
                accepted.add(key.getKey());
            }
        }
        boolean clones = works(client, Operation.CLONE, target);
        boolean fetches = clones && fetches(client, target);
        boolean pushes = clones && pushes(client, target);
        CommandResult refused = client.run(Operation.CLONE, target.to("mojombo/none"));
        return "| %s |"
                .formatted(String.join(
                        " | ",
                        client.name(),
                        client.version().replaceFirst(",.*", ""),
                        accepted.isEmpty() ? "none" : String.join(", ", accepted),
                        word(clones),
                        word(fetches),
                        word(pushes),
                        refusal(refused)));
    }

    private boolean works(GitClient client, Operation operation, Target target) throws Exception {
        CommandResult result = client.run(operation, target);
        if (!result.succeeded()) {
            failures.add(
                    client.name() + ", " + operation + ": " + result.output().strip());
        }
        return result.succeeded();
    }

    private boolean fetches(GitClient client, Target target) throws Exception {
        gate.git("-C %s commit -q --allow-empty -m second".formatted(target.repository()))
                .orThrow();
        gate.git("-C %s push -q".formatted(target.repository())).orThrow();
        return works(client, Operation.FETCH, target)
                && gate.git("-C %s rev-parse -q --verify origin/main^".formatted(target.folder()))
                        .succeeded();
    }

    private boolean pushes(GitClient client, Target target) throws Exception {
        gate.git("-C %s commit -q --allow-empty -m pushed".formatted(target.folder()))
                .orThrow();
        return works(client, Operation.PUSH, target) && gate.hasBranch(0, target.repository(), target.branch());
    }

    private String refusal(CommandResult refused) {
        String text = refused.output().contains(NOT_FOUND)
                ? NOT_FOUND
                : Stream.of("no matching", "no common algorithm")
                        .filter(words -> refused.output().contains(words))
                        .findFirst()
                        .orElse("not shown");
        failures.add(refused.command() + " refused: " + refused.output().strip());
        return text + " | " + refused.status();
    }

    private static String word(boolean works) {
        return works ? "yes" : "no";
    }

    private static String withoutVersion(String row) {
        List<String> cells = new ArrayList<>(List.of(row.split(" *\\| *", -1)));
        cells.remove(1 + VERSION_COLUMN);
        return String.join(" | ", cells);
    }

    private record AnyKey() implements ServerKeyDatabase {
        @Override
        public List<PublicKey> lookup(String address, InetSocketAddress remote, Configuration config) {
            return List.of();
        }

        @Override
        public boolean accept(
                String address,
                InetSocketAddress remote,
                PublicKey serverKey,
                Configuration config,
                CredentialsProvider provider) {
            return true;
        }
    }
}
