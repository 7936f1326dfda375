package io.gerve.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RedisServerValueTest {
    private static final Route ROUTE = TestHosts.route("fs3", "fs3a", "fs3b");
    private static final String GOOD = RedisServerValue.text(TestHosts.route("fs3", "fs3a"));

    @Test
    void whatIsWrittenIsReadBack() {
        assertThat(RedisServerValue.parse("fs3", RedisServerValue.text(ROUTE))).isEqualTo(ROUTE);
        assertThat(GOOD)
                .startsWith(
                        "{\"hosts\":[{\"name\":\"fs3a\",\"address\":\"fs3a.example\",\"port\":22,\"host_key\":\"ssh-");
    }

    /** Whoever can write to Redis would have the gate run a command, dial anything, or believe any host. */
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
                GOOD + "x",
                GOOD + GOOD,
                GOOD.replace("}]", "}],\"more\":1"),
                GOOD.replace("}]", ",\"user\":\"root\"}]"),
                GOOD.replace("\"port\":22", "\"port\":22,\"port\":23"),
                GOOD.replace("\"port\":22,", ""),
                GOOD.replace("\"port\":22", "\"port\":0"),
                GOOD.replace("\"port\":22", "\"port\":65536"),
                GOOD.replace("\"port\":22", "\"port\":-22"),
                GOOD.replace("\"port\":22", "\"port\":22.0"),
                GOOD.replace("\"port\":22", "\"port\":\"22\""),
                GOOD.replace("\"port\":22", "\"port\":4294967318"),
                GOOD.replace("fs3a.example", "-oProxyCommand=x"),
                GOOD.replace("fs3a.example", "127.0.0.1; rm"),
                GOOD.replace("fs3a.example", "127.0.0.1\\n"),
                GOOD.replace("fs3a.example", ""),
                GOOD.replace("\"fs3a.example\"", "null"),
                GOOD.replace("\"fs3a.example\"", "[\"a\"]"),
                GOOD.replace("\"fs3a\"", "\"../fs3a\""),
                GOOD.replaceAll(",\"host_key\":\"[^\"]+\"", ""),
                GOOD.replaceAll("\"host_key\":\"[^\"]+\"", "\"host_key\":\"\""),
                GOOD.replaceAll("\"host_key\":\"[^\"]+\"", "\"host_key\":\"ssh-ed25519 AAAA\""),
                GOOD.replace("ssh-ed25519", "ecdsa-sha2-nistp256"),
                GOOD.replace("\"}]", " comment\"}]"),
                GOOD.replace("\"ssh-ed25519", "\"cert-authority ssh-ed25519"),
                RedisServerValue.text(TestHosts.route(
                        "fs3", Stream.generate(() -> "a").limit(17).toArray(String[]::new))));
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void anythingElseIsRefused(String text) {
        assertThat(text).isNotEqualTo(GOOD);
        assertThatThrownBy(() -> RedisServerValue.parse("fs3", text)).isInstanceOf(IllegalArgumentException.class);
    }
}
