package io.gerve.keyservice.api;

import io.gerve.keyservice.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Weak entity tag of a response, for conditional requests (RFC 9110, section 8.8.3). */
record EntityTag(String text) {
    static EntityTag of(HttpResponse response) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(response.body().getBytes(StandardCharsets.UTF_8));
            digest.update(response.headers().getOrDefault("Link", "").getBytes(StandardCharsets.UTF_8));
            return new EntityTag("W/\"" + HexFormat.of().formatHex(digest.digest()) + "\"");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing, which every Java platform provides", e);
        }
    }

    /**
     * Returns whether the header has this tag, by weak comparison. {@code *} is no tag: a client that has no earlier
     * response cannot be told that it is unchanged.
     *
     * @param ifNoneMatch the value of If-None-Match: entity tags
     */
    boolean isIn(String ifNoneMatch) {
        return Arrays.stream(ifNoneMatch.split(",", -1))
                .map(String::strip)
                .anyMatch(tag -> opaqueTag(tag).equals(opaqueTag(text)));
    }

    private static String opaqueTag(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }
}
