package io.gerve.lfs;

import io.gerve.config.LfsSettings;
import io.gerve.git.LfsCommand;
import io.gerve.git.RepositoryName;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.json.JsonMapper;

/**
 * LFS server of the site. Issues the tokens with which git-lfs reads and writes the large files of one repository for a
 * short time. The LFS server verifies a token without asking the gate. Safe for use by many threads.
 */
public final class LfsServer {
    private static final String HMAC = "HmacSHA256";
    private static final String HEADER = encoded(Map.of("alg", "HS256"));

    private final LfsSettings settings;
    private final InstantSource clock;

    /** @param clock the wall clock, which the LFS server must share */
    public LfsServer(LfsSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Returns the answer to git-lfs: JSON with {@code href}, {@code header}, {@code expires_in} in seconds and {@code
     * expires_at} (git-lfs, docs/api/authentication.md), and a line end. It holds a secret.
     *
     * @param principalName name of the account, or of the repository of the deploy key
     * @param repository present name of the repository
     */
    public String answer(String principalName, RepositoryName repository, LfsCommand.Operation operation) {
        Instant now = Instant.ofEpochSecond(clock.instant().getEpochSecond());
        Instant end = now.plus(settings.tokenTtl());
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", "gerve");
        claims.put("sub", principalName);
        claims.put("repository", repository.toString());
        claims.put("operation", operation.label());
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", end.getEpochSecond());
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("href", settings.urlOf(repository.owner().text(), repository.name()));
        answer.put("header", Map.of("Authorization", "Bearer " + token(claims)));
        answer.put("expires_in", settings.tokenTtl().toSeconds());
        answer.put("expires_at", end.toString());
        return JsonMapper.shared().writeValueAsString(answer) + "\n";
    }

    /** Returns a JSON Web Token (RFC 7519) that is signed with HMAC SHA-256 (RFC 7518, section 3.2). */
    private String token(Map<String, Object> claims) {
        String signed = HEADER + '.' + encoded(claims);
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(settings.tokenSecret().getBytes(StandardCharsets.UTF_8), HMAC));
            return signed + '.' + base64(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java runtime must support " + HMAC, e);
        }
    }

    private static String encoded(Map<String, ?> content) {
        return base64(JsonMapper.shared().writeValueAsBytes(content));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
