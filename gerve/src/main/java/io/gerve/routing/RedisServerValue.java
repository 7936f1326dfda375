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
 * The hosts of a logical server as Redis holds them: {@code {"hosts":[{"name":…,"address":…,"port":…,"host_key":…}]}}, the active
 * one first. Whoever can write to Redis could have the gate dial anything, so that reading takes exactly this form.
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

    /** @throws IllegalArgumentException if the server's name or the text is not exactly as it must be; the message says why */
    static Route parse(String server, String text) {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("it is not JSON: " + e.getOriginalMessage(), e);
        }
        requireFields(root, Set.of("hosts"));
        JsonNode list = root.path("hosts");
        if (!list.isArray() || list.size() > HOSTS_MAX) {
            throw new IllegalArgumentException("its hosts are no list of 1 to " + HOSTS_MAX);
        }
        var hosts = new ArrayList<FileServerHost>();
        list.forEach(host -> hosts.add(host(host)));
        return new Route(server, hosts);
    }

    private static FileServerHost host(JsonNode host) {
        requireFields(host, FIELDS);
        JsonNode port = host.path("port");
        if (!port.isInt()) {
            throw new IllegalArgumentException("its port is no whole number");
        }
        return new FileServerHost(
                string(host, "name"), string(host, "address"), port.intValue(), hostKey(string(host, "host_key")));
    }

    /** @throws IllegalArgumentException if it is not the one text of a public key, without options or a comment */
    static PublicKey hostKey(String text) {
        try {
            PublicKey key = PublicKey.ofLine(text);
            if (!key.text().equals(text)) {
                throw new IllegalArgumentException("the host key has something before or after it");
            }
            return key;
        } catch (InvalidKey e) {
            throw new IllegalArgumentException("the host key is no public key: " + e.getMessage(), e);
        }
    }

    private static String string(JsonNode host, String field) {
        JsonNode value = host.path(field);
        if (!value.isString()) {
            throw new IllegalArgumentException("its " + field + " is no text");
        }
        return value.stringValue();
    }

    private static void requireFields(JsonNode node, Set<String> fields) {
        if (!node.isObject() || !Set.copyOf(node.propertyNames()).equals(fields)) {
            throw new IllegalArgumentException("it is no object with exactly the fields " + new TreeSet<>(fields));
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
