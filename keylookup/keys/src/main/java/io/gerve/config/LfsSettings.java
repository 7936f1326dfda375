package io.gerve.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Set;

/**
 * Settings of the {@code [lfs]} section: the server to which the gate sends git-lfs.
 *
 * @param url URL of a repository's LFS API, with {@code {owner}} and {@code {repository}} for the two names
 * @param tokenSecret secret that the gate and the LFS server share; at least 32 characters
 * @param tokenTtl how long a token is valid; 1 minute to 1 day
 */
public record LfsSettings(String url, String tokenSecret, Duration tokenTtl) {
    private static final String OWNER = "{owner}";
    private static final String REPOSITORY = "{repository}";
    /** As long as the output of SHA-256 (RFC 7518, section 3.2). */
    static final int SECRET_CHARACTERS_MIN = 32;

    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

    public LfsSettings {
        SettingRange.atLeast("lfs.token_ttl", tokenTtl, Duration.ofMinutes(1));
        SettingRange.atMost("lfs.token_ttl", tokenTtl, Duration.ofDays(1));
    }

    /** Returns the URL of a repository's LFS API. The names hold no character that has a meaning in a URL. */
    public String urlOf(String owner, String repository) {
        return url.replace(OWNER, owner).replace(REPOSITORY, repository);
    }

    /** @throws IllegalArgumentException if the text is no such URL; the message follows the name of the setting */
    static String parseUrl(String text) {
        try {
            var url = new URI(text.replace(OWNER, "o").replace(REPOSITORY, "r"));
            boolean isSafe = "https".equals(url.getScheme())
                    || ("http".equals(url.getScheme()) && LOOPBACK.contains(String.valueOf(url.getHost())));
            if (isSafe && url.getHost() != null && url.getRawUserInfo() == null && isForOneRepository(text)) {
                return text;
            }
        } catch (URISyntaxException _) {
            // Reported below.
        }
        throw new IllegalArgumentException(
                "must look like https://lfs.example/{owner}/{repository}, with both names; http only on this machine");
    }

    private static boolean isForOneRepository(String text) {
        return text.contains(OWNER) && text.contains(REPOSITORY);
    }

    /** Returns the settings without the secret. */
    @Override
    public String toString() {
        return "LfsSettings[url=" + url + ", tokenTtl=" + tokenTtl + "]";
    }
}
