package io.gerve.testbed.site;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Metrics of a program at one time, read from its {@code /metrics}.
 *
 * @param samples values by name and labels, as in the text: {@code up{job="a"}}
 */
public record Scrape(Map<String, Double> samples) {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    public Scrape {
        samples = Map.copyOf(samples);
    }

    /** @param url address of the program's metrics: {@code http://127.0.0.1:PORT} */
    public static Scrape of(String url) throws IOException, InterruptedException {
        Map<String, Double> samples = new HashMap<>();
        get(url + "/metrics")
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(line -> {
                    int space = line.lastIndexOf(' ');
                    samples.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
                });
        return new Scrape(samples);
    }

    /** Returns the response to a request for the URL. */
    public static HttpResponse<String> get(String url) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30));
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /**
     * Returns the sum of all samples with the name and the labels.
     *
     * @param labels as in the text: {@code result="accepted"}
     */
    public double value(String name, String... labels) {
        return samples.entrySet().stream()
                .filter(sample -> sample.getKey().equals(name)
                        || (sample.getKey().startsWith(name + "{")
                                && Stream.of(labels).allMatch(sample.getKey()::contains)))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    /** Returns the names of all samples, without their labels. */
    public Set<String> names() {
        return samples.keySet().stream()
                .map(sample -> sample.split("\\{", 2)[0])
                .collect(Collectors.toSet());
    }
}
