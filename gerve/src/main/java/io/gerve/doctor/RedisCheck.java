package io.gerve.doctor;

import io.gerve.config.RedisSettings;
import io.gerve.redis.RedisClients;
import io.gerve.redis.RedisFailure;
import java.nio.file.Path;
import java.util.List;
import redis.clients.jedis.Connection;

/** Check of Redis: whether it answers and accepts the credentials. Redis holds only what the database has too. */
public final class RedisCheck {
    private static final String NAME = "redis";

    private final RedisSettings settings;
    private final Path configFile;

    /** @param configFile the file of the settings, for advice */
    public RedisCheck(RedisSettings settings, Path configFile) {
        this.settings = settings;
        this.configFile = configFile;
    }

    public Check check() {
        return new Check(NAME, settings.toString(), () -> List.of(run()));
    }

    private Finding run() {
        try (Connection connection =
                RedisClients.connect(settings, RedisClients.config(settings).build())) {
            connection.ping();
            return new Finding(NAME, settings.toString(), Severity.OK, "", "");
        } catch (RuntimeException e) {
            // Jedis throws exceptions other than its own if the server at that address is not Redis.
            return failure(e);
        }
    }

    private Finding failure(RuntimeException e) {
        String passwordFile = "redis.password_file in " + configFile;
        String reply = replyIn(e);
        if (reply.startsWith("NOAUTH")) {
            return error("Redis wants a password.", "Set " + passwordFile + " to a file with the password.");
        }
        if (reply.startsWith("WRONGPASS") || reply.startsWith("ERR invalid password")) {
            return error("Redis refuses the password.", "Correct the file that " + passwordFile + " names.");
        }
        if (reply.startsWith("ERR AUTH") || reply.startsWith("ERR Client sent AUTH")) {
            return error(
                    "Redis has no password, but the configuration sends one.",
                    "Remove " + passwordFile + ", or set one on its machine: requirepass in redis.conf.");
        }
        if (reply.startsWith("DENIED")) {
            return error(
                    "Redis is in protected mode and accepts connections from its own machine only.",
                    "On its machine, set requirepass in redis.conf: systemctl restart redis-server. Then set "
                            + passwordFile + ".");
        }
        if (reply.startsWith("NOPERM")) {
            return error("The user of Redis lacks a right: " + reply, "On its machine: redis-cli ACL LIST");
        }
        return error(
                "Redis cannot be used: " + RedisFailure.explain(e),
                "On its machine: systemctl start redis-server. Or correct redis.url in " + configFile + ".");
    }

    /** Returns the message of the first cause that is a refusal of Redis, or empty text. */
    private static String replyIn(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.matches(
                    "(?s)(NOAUTH|WRONGPASS|DENIED|NOPERM|ERR (invalid password|AUTH|Client sent AUTH)).*")) {
                return message;
            }
        }
        return "";
    }

    private Finding error(String what, String advice) {
        return new Finding(NAME, settings.toString(), Severity.ERROR, what, advice);
    }
}
