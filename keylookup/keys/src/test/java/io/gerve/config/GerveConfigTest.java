package io.gerve.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GerveConfigTest {
    private static final Path SAMPLE = Path.of("../../packaging/src/main/config/gerve.toml");
    private static final String MINIMAL = """
            [database]
            url = "jdbc:mysql://127.0.0.1:3306/gerve"
            user = "gerve_gate"
            password_file = "database.password"
            [redis]
            url = "redis://127.0.0.1:6379"
            [file_servers]
            identity_file = "file_server_key"
            [frontend]
            host_keys = ["ssh_host_ed25519_key", "ssh_host_ecdsa_key", "ssh_host_rsa_key"]
            """;

    @TempDir
    private Path home;

    @Test
    void sampleHoldsTheDefaults() throws Exception {
        GerveConfig defaults = load(MINIMAL);

        assertThat(load(Files.readString(SAMPLE))).isEqualTo(defaults);
        assertThat(defaults.cache().cacheTtl()).isEqualTo(Duration.ofSeconds(60));
        assertThat(defaults.frontend().limits().connectionsMax()).isEqualTo(20_000);
        assertThat(defaults.database().password()).isEqualTo("a secret");
    }

    @Test
    void sampleHoldsEveryKey() throws Exception {
        Path file = write(Files.readString(SAMPLE));
        var reader = new ConfigReader(new ConfigFile(file));
        assertThat(reader.config()).isNotNull();

        String section = "";
        var sampleKeys = new ArrayList<String>();
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith("[")) {
                section = line.substring(1, line.indexOf(']'));
            } else if (line.matches("#?[a-z_]+ = .*")) {
                sampleKeys.add(section + "." + line.substring(line.startsWith("#") ? 1 : 0, line.indexOf(" =")));
            }
        }
        assertThat(sampleKeys).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(reader.knownKeys());
    }

    @Test
    void relativePathsAreResolvedAgainstTheConfigurationFile() throws Exception {
        assertThat(load(MINIMAL).fileServers().identityFile()).isEqualTo(home.resolve("file_server_key"));
        assertThat(load(MINIMAL.replace("\"file_server_key\"", "\"/srv/key\""))
                        .fileServers()
                        .identityFile())
                .isEqualTo(Path.of("/srv/key"));
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0:22,0.0.0.0,22", "[::]:2222,::,2222", "[2001:db8::7]:22,2001:db8::7,22"})
    void listenAcceptsIpv4AndIpv6(String text, String address, int port) throws Exception {
        assertThat(load(MINIMAL + "listen = \"" + text + "\"").frontend().listen())
                .isEqualTo(new InetSocketAddress(address, port));
    }

    @Test
    void emptyAddressTurnsMetricsOff() throws Exception {
        MetricsSettings metrics =
                load(MINIMAL + "[metrics]\nfrontend_listen = \"\"").metrics();
        assertThat(metrics.frontend()).isEqualTo(new MetricsAddress.Off());
        assertThat(metrics.agent())
                .isEqualTo(new MetricsAddress.Listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 9470), "metrics.agent_listen"));
        assertThatThrownBy(() -> load(MINIMAL + "[metrics]\nagent_listen = \"gate:9470\""))
                .message()
                .contains("metrics.agent_listen must be an IP address and a port");
    }

    @ParameterizedTest
    @CsvSource({
        "lisen = 1,unknown key frontend.lisen; did you mean frontend.listen?",
        "cache_ttl = 1,unknown key frontend.cache_ttl; did you mean cache.cache_ttl?",
        "colour = 1,unknown key frontend.colour; known keys are frontend.",
        "backlog = \"many\",'frontend.backlog must be a whole number like 4096, not a string'",
        "backlog = 0,'frontend.backlog must be at least 1, not 0'",
        "backlog = 99999999999,'frontend.backlog must be 0 to 2147483647, not 99999999999'",
        "drain_timeout = \"soon\",'frontend.drain_timeout must be a time like \"10m\", with the unit ms, s, m, h or d, not \"soon\"'",
        "drain_timeout = 10,'frontend.drain_timeout must be a time like \"10m\"'",
        "listen = \":22\",'frontend.listen must be an IP address and a port like 0.0.0.0:22 or [::]:22, not :22'",
        "listen = \"gate.example:22\",frontend.listen must be an IP address and a port",
        "listen = \"0.0.0.0:70000\",frontend.listen must be an IP address and a port",
        "trusted_proxies = [\"10.0.0.0/33\"],'frontend.trusted_proxies must be a list of IP networks: the prefix of 10.0.0.0/33'",
        "trusted_proxies = [1],'frontend.trusted_proxies must be a list of strings'",
        "trusted_proxies = \"10.0.0.0/8\",'frontend.trusted_proxies must be a list of strings'",
        "keepalive_interval = \"5h\",'frontend.client_alive_timeout must be at least 5h, not 4h, its default'"
    })
    void errorMessageNamesPositionAndAllowedValues(String line, String message) {
        String position = message.contains("its default") ? ":9:1: " : ":11:1: ";
        assertThatThrownBy(() -> load(MINIMAL + line))
                .isInstanceOf(InvalidConfig.class)
                .hasMessageStartingWith(home.resolve("gerve.toml") + position + message);
    }

    @ParameterizedTest
    @CsvSource({
        "query_timeout = \"249ms\",'database.query_timeout must be 250ms to 10m, not 249ms'",
        "query_timeout = \"11m\",'database.query_timeout must be 250ms to 10m, not 660000ms'",
        "maximum_pool_size = 0,'database.maximum_pool_size must be 1 to 1000, not 0'"
    })
    void limitsOfTheDatabaseAreReportedWithTheirPosition(String line, String message) {
        assertThatThrownBy(() -> load(MINIMAL.replace("[redis]", line + "\n[redis]")))
                .hasMessage(home.resolve("gerve.toml") + ":5:1: " + message);
    }

    @Test
    void allErrorsAreReportedInTheOrderOfTheFile() {
        String text = MINIMAL + """
                backlog = 0
                sessions_max = -1
                idle_timeout = "1ms"
                [frontent]
                [log]
                format = "xml"
                level = 3
                """;
        assertThatThrownBy(() -> load("port = 22\n" + text.replace("url = \"redis:", "url = \"http:")))
                .hasMessageMatching("""
                        .*:1:1: unknown key port; known sections are database, .*
                        .*:7:1: redis.url must look like redis://host:6379
                        .*:12:1: frontend.backlog must be at least 1, not 0
                        .*:13:1: frontend.sessions_max must be 0 to 2147483647, not -1
                        .*:14:1: frontend.idle_timeout must be at least 1s, not 1ms
                        .*:15:1: unknown section frontent; did you mean frontend\\?
                        .*:17:1: log.format must be "text" or "json", not "xml"
                        .*:18:1: log.level must be "error" or "warn" or "info" or "debug", not 3""");
    }

    @Test
    void siteHasAnLfsServerOnlyIfBothSettingsAreThere() throws Exception {
        Path secret = Files.writeString(home.resolve("lfs_token_secret"), "0123456789abcdef0123456789abcdef\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        String url = "[lfs]\nurl = \"https://lfs.example/{owner}/{repository}\"\n";
        String both = url + "token_secret_file = \"lfs_token_secret\"\n";

        GerveConfig config = load(MINIMAL + both);
        assertThat(config.lfs().orElseThrow().urlOf("mojombo", "bert")).isEqualTo("https://lfs.example/mojombo/bert");
        assertThat(config.lfs().orElseThrow().toString()).doesNotContain("0123456789");
        assertThat(config.hashes().byName()).containsKey("lfs.url").doesNotContainKey("lfs.token_secret_file");
        assertThat(load(MINIMAL).lfs()).isEmpty();

        assertThatThrownBy(() -> load(MINIMAL + url))
                .hasMessageContaining("lfs.token_secret_file is missing; url and token_secret_file need each other");
        assertThatThrownBy(() -> load(MINIMAL + both + "token_ttl = \"2d\""))
                .hasMessageContaining("lfs.token_ttl must be at most 1d, not 2d");
        for (String wrong :
                List.of("https://lfs.example/{owner}", "http://lfs.example/{owner}/{repository}", "{owner}")) {
            assertThatThrownBy(() ->
                            load(MINIMAL + both.replaceFirst("url = .*", "url = \"" + wrong.replace("$", "") + "\"")))
                    .hasMessageContaining("lfs.url must look like https://lfs.example/{owner}/{repository}");
        }
        Files.writeString(secret, "short\n");
        assertThatThrownBy(() -> load(MINIMAL + both))
                .hasMessageContaining("lfs.token_secret_file must name a file with at least 32 characters");
    }

    @Test
    void missingSettingIsNamed() {
        assertThatThrownBy(() -> load(""))
                .message()
                .contains("database.url is missing; for example: url = \"jdbc:mysql:");
        assertThatThrownBy(() -> load("[frontend]"))
                .message()
                .contains(
                        "database.user is missing",
                        "database.password_file is missing",
                        "redis.url is missing",
                        ":1:1: frontend.host_keys is missing; for example: host_keys = [\"",
                        "file_servers.identity_file is missing")
                .hasLineCount(6);
        assertThatThrownBy(() -> load(MINIMAL.replaceFirst("host_keys = .*", "host_keys = []")))
                .message()
                .endsWith(":10:1: frontend.host_keys must name at least one file");
    }

    @Test
    void invalidTomlIsReportedWithItsLine() {
        assertThatThrownBy(() -> load("[frontend\nlisten = 1 = 2"))
                .isInstanceOf(InvalidConfig.class)
                .hasMessageContaining("gerve.toml:1:");
        assertThatThrownBy(() -> load("[log]\nlevel = \"info\"\nlevel = \"warn\""))
                .hasMessageContaining("gerve.toml:3:1: level previously defined at line 2");
        assertThatThrownBy(() -> load("log = 1")).hasMessageContaining("gerve.toml:1:1: log must be a section: [log]");
        assertThatThrownBy(() -> load("[[log]]")).hasMessageContaining("log must be a section: [log]");
    }

    @Test
    void errorMessageOmitsPassword() {
        assertThatThrownBy(() -> load("[database]\npassword = hunter2"))
                .isInstanceOf(InvalidConfig.class)
                .hasMessageContaining("gerve.toml:2:")
                .hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> load(MINIMAL.replace("redis://", "redis://:hunter2@ ")))
                .isInstanceOf(InvalidConfig.class)
                .hasMessageContaining("redis.url must look like")
                .hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> load(MINIMAL.replace("3306/gerve", "3306/gerve?password=hunter2")))
                .isInstanceOf(InvalidConfig.class)
                .hasMessageContaining("database.url must look like")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void passwordInWorldReadableFileIsRefused() throws Exception {
        Path file = write(MINIMAL.replace("password_file = \"database.password\"", "password = \"hunter2\""));
        assertThat(GerveConfig.load(file).database().password()).isEqualTo("hunter2");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> GerveConfig.load(file))
                .hasMessageContaining(":4:1: database.password contains a password, but every user may read this file");

        write(MINIMAL);
        Files.setPosixFilePermissions(home.resolve("database.password"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> GerveConfig.load(file))
                .hasMessageContaining(
                        ":4:1: database.password_file names a file that every user may read. Run: chmod o-r");
    }

    @Test
    void passwordMustBeSetOnceAndItsFileMustExist() {
        assertThatThrownBy(() -> load(MINIMAL.replace("[redis]", "password = \"b\"\n[redis]")))
                .hasMessageContaining(":4:1: database.password_file must not be set together with database.password");
        assertThatThrownBy(() -> load(MINIMAL.replace("database.password", "nowhere")))
                .hasMessageContaining("database.password_file cannot be used")
                .hasMessageContaining("nowhere: there is no such file");
    }

    @Test
    void redisPasswordIsReadFromFile() throws Exception {
        Files.setPosixFilePermissions(
                Files.writeString(home.resolve("redis.password"), "a/b@c%:d\n"),
                PosixFilePermissions.fromString("rw-------"));
        URI url = load(MINIMAL.replace(
                        "\"redis://127.0.0.1:6379\"",
                        "\"rediss://gate@cache.example/2\"\npassword_file = \"redis.password\""))
                .redis()
                .url();

        assertThat(url.getUserInfo()).isEqualTo("gate:a/b@c%:d");
        assertThat(url.getHost()).isEqualTo("cache.example");
        assertThat(url.getPort()).isEqualTo(6379);
        assertThat(url.getPath()).isEqualTo("/2");
    }

    @Test
    void unreadableFileIsReportedByName() throws Exception {
        assertThatThrownBy(() -> GerveConfig.load(home.resolve("none.toml")))
                .isInstanceOf(InvalidConfig.class)
                .hasMessage(home.resolve("none.toml") + ": there is no such file");
        assertThatThrownBy(() -> GerveConfig.load(home)).isInstanceOf(InvalidConfig.class);

        Path latin = Files.write(home.resolve("latin.toml"), new byte[] {'#', (byte) 0xe9});
        assertThatThrownBy(() -> GerveConfig.load(latin)).hasMessage(latin + ": the file is not UTF-8 text");
    }

    private GerveConfig load(String text) throws IOException, InvalidConfig {
        return GerveConfig.load(write(text));
    }

    private Path write(String text) throws IOException {
        writeSecret("database.password", "a secret\n");
        return writeSecret("gerve.toml", text);
    }

    private Path writeSecret(String name, String text) throws IOException {
        Path file = Files.writeString(home.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
}
