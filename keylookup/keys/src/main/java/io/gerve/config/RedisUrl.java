package io.gerve.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/** Text form of the Redis URL. Error messages never contain the URL, since it may contain a password. */
final class RedisUrl {
    static final URI DEFAULT = URI.create("redis://127.0.0.1:6379");

    private static final int PORT = 6379;
    private static final String FORM = "must look like redis://127.0.0.1:6379, or rediss://user@host:6379/0";

    private RedisUrl() {}

    /**
     * Parses a Redis URL.
     *
     * @param password password from the password file; empty if there is none or the text contains the password
     * @throws IllegalArgumentException if the text has another form, or there are two passwords
     */
    static URI parse(String text, Optional<String> password) {
        try {
            var url = new URI(text);
            String path = String.valueOf(url.getPath());
            if (url.getHost() == null
                    || url.getScheme() == null
                    || !path.matches("(/\\d{0,5})?")
                    || url.getQuery() != null
                    || url.getFragment() != null) {
                throw new IllegalArgumentException(FORM);
            }
            if (password.isPresent() && hasPassword(url)) {
                throw new IllegalArgumentException("must not contain a password if redis.password_file is set");
            }
            String user = url.getUserInfo();
            if (password.isPresent()) {
                user = (user == null ? "" : user) + ":" + password.get();
            }
            return new URI(
                    url.getScheme(), user, url.getHost(), url.getPort() < 0 ? PORT : url.getPort(), path, null, null);
        } catch (URISyntaxException _) {
            throw new IllegalArgumentException(FORM);
        }
    }

    static boolean hasPassword(URI url) {
        return url.getUserInfo() != null && url.getUserInfo().contains(":");
    }
}
