package io.gerve.redis;

import io.gerve.logging.TextEscaper;
import io.gerve.sql.TlsFailure;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Explanation of why Redis cannot be used, for the operator: the cause, and the setting to change. */
public final class RedisFailure {
    private static final int CHARACTERS_MAX = 300;

    /** Beginnings of the errors with which Redis replies. */
    private static final List<Reply> REPLIES = List.of(
            new Reply("NOAUTH", "Redis wants a password (NOAUTH): set redis.password_file"),
            new Reply(
                    "WRONGPASS",
                    "Redis refuses user or password (WRONGPASS): correct the password in the file of"
                            + " redis.password_file, or the user in redis.url"),
            new Reply(
                    "DENIED",
                    "Redis is in protected mode and refuses other machines (DENIED): set requirepass in redis.conf and"
                            + " redis.password_file here"),
            new Reply("NOPERM", "the user of redis.url lacks a right in Redis (NOPERM): extend its ACL"),
            new Reply("ERR invalid password", "Redis refuses the password: correct the file of redis.password_file"),
            new Reply("ERR max number of clients", "Redis has too many connections: raise maxclients in redis.conf"),
            new Reply("LOADING", "Redis is loading its data (LOADING): wait until it has finished"),
            new Reply("READONLY", "redis.url names a replica of Redis (READONLY): name the primary"),
            new Reply("MISCONF", "Redis cannot save its data and refuses writes (MISCONF): see the log of Redis"),
            new Reply("OOM", "Redis has reached its maxmemory (OOM): raise it in redis.conf"));

    private record Reply(String beginning, String explanation) {}

    private RedisFailure() {}

    /**
     * Returns the cause and what to do, without a period at the end. If the cause is none that is known, returns the text
     * of the exception, truncated and escaped, since part of it may be what Redis sent.
     */
    public static String explain(Throwable failure) {
        Optional<String> tls = TlsFailure.explain(failure, "redis");
        for (Throwable cause = failure; cause != null && tls.isEmpty(); cause = next(cause)) {
            Optional<String> known = reply(cause).or(connection(cause));
            if (known.isPresent()) {
                return known.get();
            }
        }
        return TextEscaper.excerpt(tls.orElseGet(failure::toString), CHARACTERS_MAX);
    }

    /** Returns the cause. Jedis tries each address of the host, and adds each failure to an exception without a cause. */
    private static @Nullable Throwable next(Throwable failure) {
        boolean isLast = failure.getCause() == null && failure.getSuppressed().length > 0;
        return isLast ? failure.getSuppressed()[0] : failure.getCause();
    }

    private static Optional<String> reply(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        return REPLIES.stream()
                .filter(reply -> message.startsWith(reply.beginning()))
                .map(Reply::explanation)
                .findFirst();
    }

    private static Supplier<Optional<String>> connection(Throwable cause) {
        return () -> Optional.ofNullable(
                switch (cause) {
                    case UnknownHostException _ ->
                        "the host of redis.url has no address: correct it, or the name service";
                    case ConnectException _ ->
                        "nothing accepts connections at redis.url: start Redis, or correct redis.url";
                    case NoRouteToHostException _ -> "no network leads to the host of redis.url";
                    case SocketTimeoutException _ -> "Redis did not answer within redis.timeout";
                    default -> null;
                });
    }
}
