package io.gerve.keyservice.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A part of a list, as GitHub cuts lists.
 *
 * @param perPage 1 to 100
 * @param number counted from 1
 */
public record Pagination(int perPage, int number) {
    private static final int PER_PAGE = 30;
    private static final int PER_PAGE_MAX = 100;

    /** What is no number, or too large or small a one, is brought into range, as GitHub does. */
    public static Pagination of(HttpRequest request) {
        return new Pagination(
                Math.clamp(number(request, "per_page", PER_PAGE), 1, PER_PAGE_MAX),
                Math.max(1, number(request, "page", 1)));
    }

    public <T> List<T> slice(List<T> all) {
        long from = Math.min((long) (number - 1) * perPage, all.size());
        long to = Math.min(from + perPage, all.size());
        return all.subList(Math.toIntExact(from), Math.toIntExact(to));
    }

    public boolean isFirst() {
        return number == 1;
    }

    public boolean isLast(int size) {
        return number >= last(size);
    }

    private int last(int size) {
        return Math.max(1, Math.ceilDiv(size, perPage));
    }

    /**
     * The header with which a client finds the other pages; no header if there are none.
     *
     * @param url of the list
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

    private static int number(HttpRequest request, String name, int otherwise) {
        String text = request.query().getOrDefault(name, "");
        return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : otherwise;
    }
}
