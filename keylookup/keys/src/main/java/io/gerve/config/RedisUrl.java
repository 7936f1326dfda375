package io.gerve.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/** Where Redis is, as the file spells it. A message about it never repeats it: it may hold a password. */
final class RedisUrl {
    static final URI USUAL = URI.create("redis://127.0.0.1:6379");

    private static final int PORT = 6379;
    private static final String FORM = "must look like redis://127.0.0.1:6379, or rediss://user@host:6379/0";

    private RedisUrl() {}

    /** @param password that stands elsewhere, empty if there is none or it stands in the text */
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
                throw new IllegalArgumentException("must not hold a password beside redis.password_file");
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
