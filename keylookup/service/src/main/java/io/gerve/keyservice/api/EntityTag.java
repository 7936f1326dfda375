package io.gerve.keyservice.api;

import io.gerve.keyservice.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Names what a client was answered, so that it can ask whether anything has changed since (RFC 9110, section 8.8.3). */
record EntityTag(String text) {
    static EntityTag of(HttpResponse reply) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(reply.body().getBytes(StandardCharsets.UTF_8));
            digest.update(reply.headers().getOrDefault("Link", "").getBytes(StandardCharsets.UTF_8));
            return new EntityTag("W/\"" + HexFormat.of().formatHex(digest.digest()) + "\"");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** @param ifNoneMatch the header of that name: tags, weak or not, or a star */
    boolean isIn(String ifNoneMatch) {
        return Arrays.stream(ifNoneMatch.split(",", -1))
                .map(String::strip)
                .anyMatch(tag -> tag.equals("*") || strong(tag).equals(strong(text)));
    }

    private static String strong(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }
}
