package io.gerve.config;

import io.gerve.config.algorithm.AlgorithmList;
import io.gerve.config.algorithm.AlgorithmProfile;
import io.gerve.config.algorithm.AlgorithmSettings;
import io.gerve.logging.LogSettings;
import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.Truststore;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Reader of the configuration file. Defines every section and key with its default. */
final class ConfigReader {
    private final ConfigFile file;
    private final TomlParseResult toml;
    private final ConfigErrors errors;
    private final Map<String, ConfigSection> sections = new LinkedHashMap<>();

    ConfigReader(ConfigFile file) throws InvalidConfig {
        this.file = file;
        this.toml = file.toml();
        this.errors = new ConfigErrors(file.path());
    }

    /**
     * Reads the configuration.
     *
     * @throws InvalidConfig if the file has errors; the message lists all of them
     */
    GerveConfig config() throws InvalidConfig {
        DatabaseSettings database = database();
        RedisSettings redis = redis();
        var config = new GerveConfig(
                database,
                redis,
                cache(),
                frontend(),
                fileServers(),
                keylookup(),
                agent(),
                audit(),
                lfs(),
                metrics(),
                log(),
                SettingHashes.of(comparableValues(redis)));
        toml.keySet().forEach(this::reportUnknown);
        errors.throwIfAny();
        return config;
    }

    /** Returns the text of each setting by its name, without secrets. Must be called after all sections were read. */
    private Map<String, String> comparableValues(RedisSettings redis) {
        Map<String, String> values = new HashMap<>();
        sections.values().forEach(section -> values.putAll(section.values()));
        values.keySet().removeIf(name -> name.contains("password") || name.contains("secret"));
        // The URL may hold the password.
        values.put("redis.url", redis.toString());
        return values;
    }

    /** Returns every known key as {@code section.key}. */
    List<String> knownKeys() {
        return sections.values().stream()
                .flatMap(section -> section.knownKeys().stream())
                .toList();
    }

    private DatabaseSettings database() {
        ConfigSection database = section("database");
        String password = databasePassword(database);
        Truststore truststore = truststore(database);
        return database.buildRecord(() -> {
            int maximumPoolSize = database.number("maximum_pool_size", 16);
            Duration queryTimeout = database.duration("query_timeout", Duration.ofSeconds(2));
            return new DatabaseSettings(
                    database.required(
                            "url",
                            "\"jdbc:mysql://127.0.0.1:3306/gerve\"",
                            key -> database.parsed(key, "jdbc:mysql://127.0.0.1/gerve", ConfigReader::jdbcUrl)),
                    database.required("user", "\"gerve\"", key -> database.text(key, "gerve")),
                    password,
                    maximumPoolSize,
                    queryTimeout,
                    truststore);
        });
    }

    private Truststore truststore(ConfigSection server) {
        Optional<String> password = new PasswordSetting(file, server).fromFile("truststore_password_file");
        return server.parsed(
                "truststore",
                new Truststore.OfJava(),
                text -> Truststore.ofFile(file.resolve(text), password.orElse("")));
    }

    private String databasePassword(ConfigSection database) {
        var password = new PasswordSetting(file, database);
        String inline = database.text("password", "");
        boolean hasInline = database.has("password");
        boolean hasFile = database.has("password_file");
        if (hasInline && hasFile) {
            database.error("password_file", "must not be set together with database.password; remove one of them");
        } else if (!hasInline && !hasFile) {
            database.error(
                    "password_file",
                    "is missing; for example: password_file = \"database.password\", or password = \"…\"");
        } else if (hasInline) {
            password.requirePrivateFile("password");
        }
        return hasFile ? password.fromFile("password_file").orElse("") : inline;
    }

    private RedisSettings redis() {
        ConfigSection redis = section("redis");
        Optional<String> password = new PasswordSetting(file, redis).fromFile("password_file");
        Truststore truststore = truststore(redis);
        return redis.buildRecord(() -> {
            URI url = redis.required(
                    "url",
                    "\"redis://127.0.0.1:6379\"",
                    key -> redis.parsed(key, RedisUrl.DEFAULT, text -> RedisUrl.parse(text, password)));
            if (RedisUrl.hasPassword(url) && password.isEmpty()) {
                new PasswordSetting(file, redis).requirePrivateFile("url");
            }
            return new RedisSettings(url, redis.duration("timeout", Duration.ofMillis(500)), truststore);
        });
    }

    private CacheSettings cache() {
        ConfigSection cache = section("cache");
        return cache.buildRecord(() -> new CacheSettings(
                cache.duration("cache_ttl", Duration.ofSeconds(60)),
                cache.duration("max_stale", Duration.ofMinutes(10)),
                cache.number("entries_max", 200_000),
                cache.duration("lookup_timeout", Duration.ofSeconds(2)),
                cache.number("concurrent_lookups_max", 64)));
    }

    private FrontendSettings frontend() {
        ConfigSection frontend = section("frontend");
        FrontendSettings.Limits limits = frontend.buildRecord(() -> new FrontendSettings.Limits(
                frontend.number("backlog", 4096),
                frontend.number("connections_max", 20_000),
                frontend.number("connections_per_address_max", 256),
                frontend.number("sessions_max", 4000),
                frontend.number("sessions_per_account_max", 64),
                frontend.number("channels_max", 10),
                frontend.number("max_auth_tries", 10)));
        FrontendSettings.Timeouts timeouts = frontend.buildRecord(() -> new FrontendSettings.Timeouts(
                frontend.duration("login_grace_time", Duration.ofSeconds(60)),
                frontend.duration("kex_timeout", Duration.ofSeconds(30)),
                frontend.duration("keepalive_interval", Duration.ofSeconds(20)),
                frontend.duration("client_alive_timeout", Duration.ofHours(4)),
                frontend.duration("idle_timeout", Duration.ofMinutes(10)),
                frontend.duration("drain_timeout", Duration.ofMinutes(10))));
        List<Path> hostKeys =
                frontend.required("host_keys", "[\"ssh_host_ed25519_key\"]", key -> frontend.list(key, this::resolved));
        if (hostKeys.isEmpty()) {
            frontend.error("host_keys", "must name at least one file");
        }
        return new FrontendSettings(
                frontend.parsed("listen", ListenAddress.parse("0.0.0.0:22"), ListenAddress::parse),
                hostKeys.isEmpty() ? List.of(file.path()) : hostKeys,
                frontend.list("trusted_proxies", ConfigReader::network),
                algorithms(frontend),
                frontend.flag("hide_registered_keys", false),
                limits,
                timeouts);
    }

    private static AlgorithmSettings algorithms(ConfigSection frontend) {
        AlgorithmProfile profile = frontend.oneOf("algorithm_profile", AlgorithmProfile.COMPATIBLE);
        return new AlgorithmSettings(
                algorithms(frontend, "kex_algorithms", AlgorithmList.KEX_ALGORITHMS, profile),
                algorithms(frontend, "ciphers", AlgorithmList.CIPHERS, profile),
                algorithms(frontend, "macs", AlgorithmList.MACS, profile),
                algorithms(frontend, "host_key_algorithms", AlgorithmList.HOST_KEY_ALGORITHMS, profile));
    }

    private static List<String> algorithms(
            ConfigSection frontend, String key, AlgorithmList list, AlgorithmProfile profile) {
        return frontend.parsed(key, list.defaults(profile), text -> list.parse(profile, text));
    }

    private FileServerSettings fileServers() {
        ConfigSection fileServers = section("file_servers");
        return fileServers.buildRecord(() -> new FileServerSettings(
                fileServers.text("user", "git"),
                fileServers.required(
                        "identity_file",
                        "\"file_server_key\"",
                        key -> fileServers.parsed(key, file.path(), this::resolved)),
                fileServers.number("min_idle_per_host", 8),
                fileServers.number("sessions_per_host_max", 500),
                fileServers.duration("connect_timeout", Duration.ofSeconds(5)),
                fileServers.duration("folder_timeout", Duration.ofMinutes(1)),
                fileServers.duration("keepalive_interval", Duration.ofSeconds(20)),
                fileServers.duration("max_session_lifetime", Duration.ofMinutes(10)),
                fileServers.number("max_session_uses", 100)));
    }

    private KeylookupSettings keylookup() {
        ConfigSection keylookup = section("keylookup");
        KeylookupSettings.Connections connections = keylookup.buildRecord(() -> new KeylookupSettings.Connections(
                keylookup.number("connections_max", 1000),
                keylookup.number("connections_per_address_max", 64),
                keylookup.duration("request_timeout", Duration.ofSeconds(10)),
                keylookup.duration("idle_timeout", Duration.ofMinutes(1)),
                keylookup.duration("drain_timeout", Duration.ofSeconds(10))));
        KeylookupSettings.Limits limits = keylookup.buildRecord(() -> new KeylookupSettings.Limits(
                keylookup.number("requests_max", 64),
                keylookup.number("requests_per_hour", 5000),
                keylookup.number("anonymous_requests_per_hour", 600),
                keylookup.number("failed_sign_ins_per_hour", 60),
                keylookup.number("body_bytes_max", 65_536)));
        KeylookupSettings.Sessions sessions = keylookup.buildRecord(() -> new KeylookupSettings.Sessions(
                keylookup.duration("max_session_lifetime", Duration.ofHours(12)),
                keylookup.duration("session_idle_timeout", Duration.ofHours(1))));
        KeyPolicySettings policy = keylookup.buildRecord(() -> new KeyPolicySettings(
                keylookup.number("rsa_bits_min", 2048),
                keylookup.number("rsa_bits_recommended", 3072),
                keylookup.oneOf("registered_weak_keys", KeyPolicySettings.WeakKeys.WARN),
                keylookup.list("compromised_keys", this::resolved)));
        return keylookup.buildRecord(() -> new KeylookupSettings(
                keylookup.parsed("listen", ListenAddress.parse("127.0.0.1:8022"), ListenAddress::parse),
                keylookup.parsed("url", PublicUrl.parse("http://127.0.0.1:8022"), PublicUrl::parse),
                keylookup.list("trusted_proxies", ConfigReader::network),
                keylookup.flag("public_key_lists", true),
                connections,
                limits,
                sessions,
                policy));
    }

    private AgentSettings agent() {
        ConfigSection agent = section("agent");
        return agent.buildRecord(() -> new AgentSettings(
                agent.parsed("socket", Path.of("/run/gerve-agent/socket"), this::resolved),
                agent.text("user", "git"),
                agent.text("keys_user", "gerve-keys"),
                agent.parsed("shell", Path.of("/usr/bin/gerve-shell"), this::resolved),
                agent.parsed("ssh", Path.of("/usr/bin/ssh"), this::resolved),
                agent.number("requests_max", 256)));
    }

    private AuditSettings audit() {
        ConfigSection audit = section("audit");
        AuditSettings.RefusedLogins refusedLogins = audit.buildRecord(() -> new AuditSettings.RefusedLogins(
                audit.number("refused_logins_per_minute_max", 60), audit.number("refused_logins_per_address_max", 10)));
        return audit.buildRecord(() -> new AuditSettings(
                audit.text("gate", AuditSettings.hostName()),
                audit.parsed("spool", Path.of("/var/lib/gerve/spool"), this::resolved),
                audit.number("spool_megabytes_max", 1024),
                audit.number("queue_max", 10_000),
                audit.duration("running_record_after", Duration.ofSeconds(30)),
                audit.duration("retention", Duration.ofDays(400)),
                refusedLogins,
                audit.number("refused_requests_per_key_max", 30),
                audit.flag("self_service", true)));
    }

    private Optional<LfsSettings> lfs() {
        ConfigSection lfs = section("lfs");
        String url = lfs.parsed("url", "", LfsSettings::parseUrl);
        Optional<String> secret = new PasswordSetting(file, lfs).fromFile("token_secret_file");
        if (lfs.has("url") != lfs.has("token_secret_file")) {
            String missing = lfs.has("url") ? "token_secret_file" : "url";
            lfs.error(missing, "is missing; url and token_secret_file need each other");
        } else if (secret.filter(text -> text.length() < LfsSettings.SECRET_CHARACTERS_MIN)
                .isPresent()) {
            lfs.error(
                    "token_secret_file",
                    "must name a file with at least " + LfsSettings.SECRET_CHARACTERS_MIN
                            + " characters; for example: openssl rand -hex 32 >lfs_token_secret");
        }
        return lfs.buildRecord(() -> {
            Duration ttl = lfs.duration("token_ttl", Duration.ofMinutes(10));
            return url.isEmpty() ? Optional.empty() : secret.map(text -> new LfsSettings(url, text, ttl));
        });
    }

    private MetricsSettings metrics() {
        ConfigSection metrics = section("metrics");
        return new MetricsSettings(
                metricsAddress(metrics, "frontend_listen", "127.0.0.1:9469"),
                metricsAddress(metrics, "agent_listen", "127.0.0.1:9470"),
                metricsAddress(metrics, "keylookup_listen", "127.0.0.1:9471"),
                traces(metrics));
    }

    private static TracesSettings traces(ConfigSection metrics) {
        String endpoint = metrics.parsed("traces_endpoint", "", TracesSettings::parseEndpoint);
        return metrics.buildRecord(() -> new TracesSettings(endpoint, metrics.number("traces_sampled_percent", 100)));
    }

    private static MetricsAddress metricsAddress(ConfigSection metrics, String key, String defaultAddress) {
        String setting = "metrics." + key;
        return metrics.parsed(
                key, MetricsAddress.parse(defaultAddress, setting), text -> MetricsAddress.parse(text, setting));
    }

    private LogSettings log() {
        ConfigSection log = section("log");
        return new LogSettings(
                log.oneOf("format", LogSettings.Format.TEXT), log.oneOf("level", LogSettings.Level.INFO));
    }

    private ConfigSection section(String name) {
        Object found = toml.get(List.of(name));
        TomlTable table = found instanceof TomlTable it ? it : Toml.parse("");
        @Nullable TomlPosition position = found == null ? null : toml.inputPositionOf(List.of(name));
        if (found != null && !(found instanceof TomlTable)) {
            errors.add(position, name + " must be a section: [" + name + "]");
        }
        var section = new ConfigSection(name, table, position, errors);
        sections.put(name, section);
        return section;
    }

    private void reportUnknown(String name) {
        ConfigSection section = sections.get(name);
        if (section != null) {
            section.unknownKeys().forEach(key -> reportUnknown(section.positionOf(key), "key " + name + "." + key));
        } else {
            String kind = toml.get(List.of(name)) instanceof TomlTable ? "section " : "key ";
            reportUnknown(toml.inputPositionOf(List.of(name)), kind + name);
        }
    }

    private void reportUnknown(@Nullable TomlPosition position, String kindAndName) {
        String name = kindAndName.substring(kindAndName.indexOf(' ') + 1);
        errors.add(position, "unknown " + kindAndName + "; " + suggestion(name));
    }

    private String suggestion(String name) {
        String key = name.substring(name.indexOf('.') + 1);
        var names = new ArrayList<>(knownKeys());
        names.addAll(sections.keySet());
        List<String> inOtherSections =
                names.stream().filter(known -> known.endsWith("." + key)).toList();
        if (!inOtherSections.isEmpty()) {
            return "did you mean " + String.join(" or ", inOtherSections) + "?";
        }
        return NearestName.to(name, names, Math.max(1, key.length() / 3))
                .map(nearest -> "did you mean " + nearest + "?")
                .orElseGet(() -> Optional.ofNullable(sections.get(name.split("\\.", 2)[0]))
                        .map(section -> "known keys are " + String.join(", ", section.knownKeys()))
                        .orElse("known sections are " + String.join(", ", sections.keySet())));
    }

    private Path resolved(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("must name a file");
        }
        return file.resolve(text);
    }

    private static IpNetwork network(String text) {
        try {
            return IpNetwork.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("must be a list of IP networks: " + e.getMessage(), e);
        }
    }

    private static String jdbcUrl(String text) {
        if (!text.startsWith("jdbc:mysql://")
                || text.contains("@")
                || text.toLowerCase(Locale.ROOT).contains("password")) {
            throw new IllegalArgumentException("must look like jdbc:mysql://127.0.0.1:3306/gerve, for MariaDB as well;"
                    + " set user and password in their own settings");
        }
        return text;
    }
}
