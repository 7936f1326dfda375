package io.gerve.keyservice.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Page of a list, as in GitHub's API.
 *
 * @param perPage entries on a page, 1 to 100. Default: 30
 * @param number the number of the page, at least 1
 */
public record Pagination(int perPage, int number) {
    private static final int PER_PAGE = 30;
    private static final int PER_PAGE_MAX = 100;

    /** Reads {@code per_page} and {@code page} of the query. Like GitHub, clamps values that are out of range. */
    public static Pagination of(HttpRequest request) {
        return new Pagination(
                Math.clamp(number(request, "per_page", PER_PAGE), 1, PER_PAGE_MAX),
                Math.max(1, number(request, "page", 1)));
    }

    /** Returns the entries on this page. */
    public <T> List<T> slice(List<T> all) {
        long from = Math.min((long) (number - 1) * perPage, all.size());
        long to = Math.min(from + perPage, all.size());
        return all.subList(Math.toIntExact(from), Math.toIntExact(to));
    }

    public boolean isFirst() {
        return number == 1;
    }

    /** @param size the number of entries in the whole list */
    public boolean isLast(int size) {
        return number >= last(size);
    }

    private int last(int size) {
        return Math.max(1, Math.ceilDiv(size, perPage));
    }

    /**
     * Returns the Link header with the URLs of the other pages, or no header if there is only one page.
     *
     * @param url the URL of the list
     * @param size the number of entries in the whole list
     */
    public Map<String, String> links(String url, int size) {
        int last = last(size);
        List<String> links = new ArrayList<>();
        if (number > 1) {
            links.add(link(url, Math.min(number - 1, last), "prev"));
        }
        if (number < last) {
            links.add(link(url, number + 1, "next"));
            links.add(link(url, last, "last"));
        }
        if (number > 1) {
            links.add(link(url, 1, "first"));
        }
        return links.isEmpty() ? Map.of() : Map.of("Link", String.join(", ", links));
    }

    private String link(String url, int page, String relation) {
        return "<" + url + "?per_page=" + perPage + "&page=" + page + ">; rel=\"" + relation + "\"";
    }

    private static int number(HttpRequest request, String name, int defaultValue) {
        String text = request.query().getOrDefault(name, "");
        return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : defaultValue;
    }
}
