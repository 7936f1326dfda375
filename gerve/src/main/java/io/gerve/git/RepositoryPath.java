package io.gerve.git;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Path of a repository on its file server, relative to the home of the git user: {@code a/a8/e2/95/mojombo/bert.git}.
 * It consists of the first hex digit and the first, second and third byte of md5(lower-case owner), then owner and
 * name.
 */
public record RepositoryPath(RepositoryName repository) {
    /** Returns the relative path, which contains no character that needs quoting. */
    public String text() {
        String hash = HexFormat.of().formatHex(md5(repository.owner().lowerCase()));
        return "%s/%s/%s/%s/%s/%s.git"
                .formatted(
                        hash.substring(0, 1),
                        hash.substring(0, 2),
                        hash.substring(2, 4),
                        hash.substring(4, 6),
                        repository.owner(),
                        repository.name());
    }

    /**
     * Returns the only command that a file server is sent for the service: {@code git-upload-pack
     * 'a/a8/e2/95/mojombo/bert.git'}.
     */
    public String command(GitService service) {
        return service.program() + " '" + text() + "'";
    }

    private static byte[] md5(String text) {
        try {
            return MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }
}
