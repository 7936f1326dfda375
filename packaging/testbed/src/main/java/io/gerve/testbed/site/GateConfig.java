package io.gerve.testbed.site;

import io.gerve.testbed.fileserver.LocalFileServer;
import io.gerve.testbed.process.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Configuration file of one gate and one key service, which listen on ports of the loopback address.
 *
 * @param metricsPort port of the gate's metrics, with either frontend
 */
record GateConfig(Path file, int port, int metricsPort, int keyServicePort, int keyServiceMetricsPort) {
    private static final String GATE_USER = "gerve_gate";

    static GateConfig write(
            Path file,
            FrontendKind frontend,
            Stores stores,
            LocalFileServer fileServer,
            List<Path> hostKeys,
            Path identity)
            throws IOException {
        var config = new GateConfig(file, FreePort.find(), FreePort.find(), FreePort.find(), FreePort.find());
        Files.writeString(file, """
                [database]
                url = "%s"
                user = "%s"
                password = "%s"
                query_timeout = "%ds"

                [redis]
                url = "%s"

                [cache]
                cache_ttl = "%ds"
                lookup_timeout = "%ds"

                [frontend]
                listen = "127.0.0.1:%d"
                host_keys = [%s]
                sessions_per_account_max = 200
                drain_timeout = "20s"

                [file_servers]
                user = "%s"
                identity_file = "%s"
                min_idle_per_host = 2
                connect_timeout = "2m"

                [keylookup]
                listen = "127.0.0.1:%d"
                url = "%s"

                [audit]
                gate = "%s"
                spool = "%s"

                [metrics]
                frontend_listen = "127.0.0.1:%d"
                agent_listen = "127.0.0.1:%d"
                keylookup_listen = "127.0.0.1:%d"

                [log]
                format = "text"
                """.formatted(
                        stores.databaseUrl(),
                        GATE_USER,
                        stores.databasePassword(),
                        stores.lookupTimeout().toSeconds(),
                        stores.redisUrl(),
                        stores.cacheTtl().toSeconds(),
                        stores.lookupTimeout().toSeconds(),
                        config.port(),
                        hostKeys.stream().map(key -> "\"" + key + "\"").collect(Collectors.joining(", ")),
                        fileServer.user(),
                        identity,
                        config.keyServicePort(),
                        config.keyServiceUrl(),
                        file.getFileName().toString().replace(".toml", ""),
                        file.resolveSibling(file.getFileName() + ".spool"),
                        config.metricsPort(),
                        config.metricsPort(),
                        config.keyServiceMetricsPort()));
        if (frontend == FrontendKind.OPENSSH) {
            Files.writeString(file, config.agentSection(), StandardOpenOption.APPEND);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return config;
    }

    /**
     * Writes a copy for another program, which has its own user of the database.
     *
     * @param user the database user
     */
    GateConfig withDatabaseUser(String user, String fileName) throws IOException {
        Path copy = Files.copy(file, file.resolveSibling(fileName), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(copy, Files.readString(file).replace('"' + GATE_USER + '"', '"' + user + '"'));
        return new GateConfig(copy, port, metricsPort, keyServicePort, keyServiceMetricsPort);
    }

    String keyServiceUrl() {
        return "http://127.0.0.1:" + keyServicePort;
    }

    /** Returns the URL of the gate's metrics and health: {@code http://127.0.0.1:PORT}. */
    String metricsUrl() {
        return "http://127.0.0.1:" + metricsPort;
    }

    String keyServiceMetricsUrl() {
        return "http://127.0.0.1:" + keyServiceMetricsPort;
    }

    String apiUrl() {
        return keyServiceUrl() + "/api/v3";
    }

    private String agentSection() {
        return """

                [agent]
                socket = "%s"
                user = "%s"
                keys_user = "%s"
                shell = "%s"
                """.formatted(agentSocket(), FrontendKind.OPENSSH.user(), FrontendKind.OPENSSH.user(), shell());
    }

    /**
     * Returns the folder of the agent's files. This and the following methods apply to {@link FrontendKind#OPENSSH}
     * only.
     */
    Path agentFolder() {
        return file.resolveSibling("agent");
    }

    Path agentSocket() {
        return agentFolder().resolve("socket");
    }

    Path shell() {
        return agentFolder().resolve("gerve-shell");
    }
}
