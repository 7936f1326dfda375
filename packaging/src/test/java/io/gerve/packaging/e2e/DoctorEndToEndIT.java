package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.site.KeyServiceProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * {@code gerve doctor} of the distribution on a running site. {@code BrokenStoresIT}, {@code BrokenFileServersIT} and
 * {@code BrokenGatesIT} break a site in every way that it names.
 */
@ExtendWith(SharedGate.class)
class DoctorEndToEndIT {
    private final RunningGate gate;

    DoctorEndToEndIT(RunningGate gate) {
        this.gate = gate;
    }

    @Test
    void runningSiteIsSoundForAGateUntilItsKeyServiceStops() throws Exception {
        Path config = gate.site().folder().resolve("gerve.toml");
        KeyServiceProcess service = gate.site().startKeyService();
        Path copy = config.resolveSibling("doctor.toml");
        Files.copy(config, copy, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(
                copy,
                Files.readString(config).replaceFirst("(?m)^url = \"http://.*", "url = \"" + service.url() + "\""));
        CommandResult sound = doctor(copy);
        assertThat(sound.status()).as(sound.output()).isZero();
        assertThat(sound.output())
                .contains("ok       database_rights ", "ok       gate gerve (gerve-frontend)\n")
                .contains("ok       file_server fs1/fs1a\n", "ok       sshd_settings fs1/fs1b\n")
                .contains("ok       key_service " + service.url() + "\n");

        service.close();
        CommandResult down = doctor(copy);
        assertThat(down.status()).as(down.output()).isEqualTo(1);
        assertThat(down.output())
                .contains("error    key_service " + service.url() + "\n", "The key service does not answer: ")
                .contains("Do: On its machine: systemctl start gerve-keylookup.");
        assertThat(doctor(config).output()).contains("ok       gate_settings gerve (gerve-frontend)\n");
    }

    @Test
    void proxyHeaderOfABalancerThatTheGateDoesNotTrustIsNamed() throws Exception {
        sendProxyHeader();
        await().untilAsserted(
                        () -> assertThat(doctor(gate.site().operatorConfig()).output())
                                .contains("warning  trusted_proxies gerve (gerve-frontend)\n"));
    }

    private void sendProxyHeader() throws IOException {
        try (var balancer =
                new Socket(InetAddress.getLoopbackAddress(), gate.site().port())) {
            balancer.getOutputStream()
                    .write("PROXY TCP4 192.0.2.7 192.0.2.1 50000 22\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(balancer.getInputStream().readAllBytes()).isNotNull();
        }
    }

    private CommandResult doctor(Path config) throws IOException, InterruptedException {
        return gate.site().gerve("doctor --config '" + config + "'");
    }
}
