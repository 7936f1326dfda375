package io.gerve.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/** Text form of the public URL of a service: {@code https://git.example}. */
final class PublicUrl {
    private PublicUrl() {}

    /**
     * Parses a public URL.
     *
     * @throws IllegalArgumentException if the text has another form
     */
    static URI parse(String text) {
        try {
            URI url = new URI(text);
            if (List.of("http", "https").contains(String.valueOf(url.getScheme()))
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null
                    && !text.endsWith("/")) {
                return url;
            }
        } catch (URISyntaxException _) {
            // Reported below.
        }
        throw new IllegalArgumentException("must look like https://git.example, without a slash at the end");
    }
}
