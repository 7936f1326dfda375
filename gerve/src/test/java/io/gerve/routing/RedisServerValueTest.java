package io.gerve.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RedisServerValueTest {
    private static final Route ROUTE = TestHosts.route("fs3", "fs3a", "fs3b");
    private static final String VALID = RedisServerValue.text(TestHosts.route("fs3", "fs3a"));

    @Test
    void valueRoundTrips() {
        assertThat(RedisServerValue.parse("fs3", RedisServerValue.text(ROUTE))).isEqualTo(ROUTE);
        assertThat(VALID)
                .startsWith(
                        "{\"hosts\":[{\"name\":\"fs3a\",\"address\":\"fs3a.example\",\"port\":22,\"host_key\":\"ssh-");
    }

    /** The attack: writing to Redis to make the gate run a command, connect to any host, or accept any host key. */
    static Stream<String> attacks() {
        return Stream.of(
                "",
                "garbage",
                "null",
                "[]",
                "{}",
                "{\"hosts\":[]}",
                "{\"hosts\":{}}",
                "{\"hosts\":[null]}",
                "{\"hosts\":[[]]}",
                "[".repeat(30_000),
                VALID + "x",
                VALID + VALID,
                VALID.replace("}]", "}],\"more\":1"),
                VALID.replace("}]", ",\"user\":\"root\"}]"),
                VALID.replace("\"port\":22", "\"port\":22,\"port\":23"),
                VALID.replace("\"port\":22,", ""),
                VALID.replace("\"port\":22", "\"port\":0"),
                VALID.replace("\"port\":22", "\"port\":65536"),
                VALID.replace("\"port\":22", "\"port\":-22"),
                VALID.replace("\"port\":22", "\"port\":22.0"),
                VALID.replace("\"port\":22", "\"port\":\"22\""),
                VALID.replace("\"port\":22", "\"port\":4294967318"),
                VALID.replace("fs3a.example", "-oProxyCommand=x"),
                VALID.replace("fs3a.example", "127.0.0.1; rm"),
                VALID.replace("fs3a.example", "127.0.0.1\\n"),
                VALID.replace("fs3a.example", ""),
                VALID.replace("\"fs3a.example\"", "null"),
                VALID.replace("\"fs3a.example\"", "[\"a\"]"),
                VALID.replace("\"fs3a\"", "\"../fs3a\""),
                VALID.replaceAll(",\"host_key\":\"[^\"]+\"", ""),
                VALID.replaceAll("\"host_key\":\"[^\"]+\"", "\"host_key\":\"\""),
                VALID.replaceAll("\"host_key\":\"[^\"]+\"", "\"host_key\":\"ssh-ed25519 AAAA\""),
                VALID.replace("ssh-ed25519", "ecdsa-sha2-nistp256"),
                VALID.replace("\"}]", " comment\"}]"),
                VALID.replace("\"ssh-ed25519", "\"cert-authority ssh-ed25519"),
                RedisServerValue.text(TestHosts.route(
                        "fs3", Stream.generate(() -> "a").limit(17).toArray(String[]::new))));
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void invalidValueIsRefused(String text) {
        assertThat(text).isNotEqualTo(VALID);
        assertThatThrownBy(() -> RedisServerValue.parse("fs3", text)).isInstanceOf(IllegalArgumentException.class);
    }
}
