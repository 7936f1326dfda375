package io.gerve.routing;

import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.PublicKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Redis value of a logical server: {@code {"hosts":[{"name":…,"address":…,"port":…,"host_key":…}]}}, active host first.
 * A process that can write to Redis could make the gate connect to any host, so that only exactly this form is
 * accepted.
 */
final class RedisServerValue {
    static final int BYTES_MAX = 64 * 1024;

    private static final int HOSTS_MAX = 16;
    private static final Set<String> FIELDS = Set.of("name", "address", "port", "host_key");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private RedisServerValue() {}

    static String text(Route route) {
        List<Map<String, Object>> hosts =
                route.hosts().stream().map(RedisServerValue::fields).toList();
        return JSON.writeValueAsString(Map.of("hosts", hosts));
    }

    /**
     * Parses the value of the named server.
     *
     * @throws IllegalArgumentException if the server name or the text is invalid; the message says why
     */
    static Route parse(String server, String text) {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        }
        requireFields(root, Set.of("hosts"));
        JsonNode list = root.path("hosts");
        if (!list.isArray() || list.size() > HOSTS_MAX) {
            throw new IllegalArgumentException("hosts must be a list of 1 to " + HOSTS_MAX);
        }
        var hosts = new ArrayList<FileServerHost>();
        list.forEach(host -> hosts.add(host(host)));
        return new Route(server, hosts);
    }

    private static FileServerHost host(JsonNode host) {
        requireFields(host, FIELDS);
        JsonNode port = host.path("port");
        if (!port.isInt()) {
            throw new IllegalArgumentException("port must be an integer");
        }
        return new FileServerHost(
                string(host, "name"), string(host, "address"), port.intValue(), hostKey(string(host, "host_key")));
    }

    /**
     * Parses a host key.
     *
     * @throws IllegalArgumentException if the text is not exactly one public key, without options and comment
     */
    static PublicKey hostKey(String text) {
        try {
            PublicKey key = PublicKey.ofLine(text);
            if (!key.text().equals(text)) {
                throw new IllegalArgumentException("host key has text before or after it");
            }
            return key;
        } catch (InvalidKey e) {
            throw new IllegalArgumentException("invalid host key: " + e.getMessage(), e);
        }
    }

    private static String string(JsonNode host, String field) {
        JsonNode value = host.path(field);
        if (!value.isString()) {
            throw new IllegalArgumentException(field + " must be a string");
        }
        return value.stringValue();
    }

    private static void requireFields(JsonNode node, Set<String> fields) {
        if (!node.isObject() || !Set.copyOf(node.propertyNames()).equals(fields)) {
            throw new IllegalArgumentException("must be an object with exactly the fields " + new TreeSet<>(fields));
        }
    }

    private static Map<String, Object> fields(FileServerHost host) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("name", host.name());
        fields.put("address", host.address());
        fields.put("port", host.port());
        fields.put("host_key", host.hostKey().text());
        return fields;
    }
}
