package io.gerve.testbed.site;

import io.gerve.testbed.process.Programs;
import io.gerve.testbed.process.RunningProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Running {@code gerve-frontend} of the distribution, which accepts connections. */
public final class GateProcess implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(5);

    private final RunningProgram program;
    private final GateConfig config;

    private GateProcess(RunningProgram program, GateConfig config) {
        this.program = program;
        this.config = config;
    }

    /**
     * @param environment the variables of the program, beside those of this JVM
     * @throws IOException if the program ended or accepts no connections within five minutes; the message has its log
     */
    static GateProcess start(
            Distribution distribution, GateConfig config, Map<String, String> environment, Path log, Programs programs)
            throws IOException, InterruptedException {
        RunningProgram program = programs.start(
                List.of(
                        distribution.program("gerve-frontend").toString(),
                        "--config",
                        config.file().toString()),
                environment,
                log);
        Instant deadline = Instant.now().plus(START_TIMEOUT);
        while (!isListening(config.port())) {
            if (program.awaitEnd(Duration.ofMillis(100)) || Instant.now().isAfter(deadline)) {
                program.close();
                throw new IOException("gerve-frontend did not start:\n" + program.log());
            }
        }
        return new GateProcess(program, config);
    }

    static boolean isListening(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(5_000);
            return new String(socket.getInputStream().readNBytes(8), StandardCharsets.US_ASCII).equals("SSH-2.0-");
        } catch (IOException _) {
            return false;
        }
    }

    public int port() {
        return config.port();
    }

    /** Returns the URL of the gate's metrics and health: {@code http://127.0.0.1:PORT}. */
    public String metricsUrl() {
        return config.metricsUrl();
    }

    public Path config() {
        return config.file();
    }

    public RunningProgram program() {
        return program;
    }

    /** Stops the gate and waits for its end. Running commands have some seconds to finish. */
    @Override
    public void close() {
        program.close();
    }
}
