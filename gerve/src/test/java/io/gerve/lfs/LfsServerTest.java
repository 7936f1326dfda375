package io.gerve.lfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.config.LfsSettings;
import io.gerve.git.LfsCommand.Operation;
import io.gerve.git.RepositoryName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LfsServerTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final Instant NOW = Instant.parse("2026-12-01T10:00:00.9Z");

    private final LfsServer server = new LfsServer(
            new LfsSettings("https://lfs.example/{owner}/{repository}.git/info/lfs", SECRET, Duration.ofMinutes(10)),
            InstantSource.fixed(NOW));

    @Test
    void answerHasTheFieldsThatGitLfsReads() {
        String text =
                server.answer("defunkt", RepositoryName.parse("mojombo/bert").orElseThrow(), Operation.UPLOAD);
        JsonNode answer = JsonMapper.shared().readTree(text);

        assertThat(text).endsWith("}\n");
        assertThat(answer.get("href").stringValue()).isEqualTo("https://lfs.example/mojombo/bert.git/info/lfs");
        assertThat(answer.get("expires_in").intValue()).isEqualTo(600);
        assertThat(answer.get("expires_at").stringValue()).isEqualTo("2026-12-01T10:10:00Z");
        assertThat(answer.get("header").get("Authorization").stringValue()).startsWith("Bearer ");
    }

    @Test
    void tokenIsSignedAndNamesOneRepositoryAndOperation() throws Exception {
        JsonNode answer = JsonMapper.shared()
                .readTree(server.answer(
                        "defunkt", RepositoryName.parse("mojombo/bert").orElseThrow(), Operation.DOWNLOAD));
        String[] token = answer.get("header")
                .get("Authorization")
                .stringValue()
                .substring("Bearer ".length())
                .split("\\.", -1);

        assertThat(token).hasSize(3);
        assertThat(decoded(token[0])).isEqualTo("{\"alg\":\"HS256\"}");
        assertThat(decoded(token[1]))
                .isEqualTo("{\"iss\":\"gerve\",\"sub\":\"defunkt\",\"repository\":\"mojombo/bert\",\"operation\":"
                        + "\"download\",\"iat\":1796119200,\"exp\":1796119800}");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
        assertThat(Base64.getUrlDecoder().decode(token[2]))
                .isEqualTo(mac.doFinal((token[0] + "." + token[1]).getBytes(StandardCharsets.US_ASCII)));
    }

    private static String decoded(String part) {
        return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    }
}
