package io.gerve.git;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Where a repository lies on its file server, relative to the git user's home: {@code a/a8/e2/95/mojombo/bert.git}, the first hex
 * digit, then the first, second and third byte of md5(lower-case owner), then owner and name.
 */
public record RepositoryPath(RepositoryName repository) {
    /** Relative, in characters that need no quoting. */
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

    /** The one command that a file server is ever sent for this service: {@code git-upload-pack 'a/a8/e2/95/mojombo/bert.git'}. */
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
