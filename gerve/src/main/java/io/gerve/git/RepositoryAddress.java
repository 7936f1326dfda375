package io.gerve.git;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a client addresses a repository: {@code owner/name}, {@code ssh://[user@]host[:port]/owner/name} or {@code
 * [user@]host:owner/name}. User, host and port led the client here and mean nothing more. Before the owner one slash may stand,
 * after the name {@code .git} and one slash.
 */
final class RepositoryAddress {
    private static final String URL_START = "ssh://";
    private static final String WHERE =
            "(?:[A-Za-z0-9][A-Za-z0-9._-]{0,63}@)?" + "(?:[A-Za-z0-9][A-Za-z0-9.-]{0,252}|\\[[0-9A-Fa-f:.]{2,45}\\])";
    private static final Pattern URL = Pattern.compile(URL_START + WHERE + "(?::[0-9]{1,5})?/(.*)");
    private static final Pattern SCP_LIKE = Pattern.compile(WHERE + ":(.*)");

    /** @return empty if it addresses no repository that could exist */
    static Optional<RepositoryName> repository(String address) {
        if (address.startsWith(URL_START)) {
            return pathIn(URL.matcher(address)).flatMap(RepositoryAddress::repositoryAt);
        }
        String path = pathIn(SCP_LIKE.matcher(address)).orElse(address);
        return repositoryAt(path.startsWith("/") ? path.substring(1) : path);
    }

    private static Optional<String> pathIn(Matcher address) {
        return address.matches() ? Optional.of(address.group(1)) : Optional.empty();
    }

    private static Optional<RepositoryName> repositoryAt(String path) {
        return RepositoryName.parse(withoutSuffix(".git", withoutSuffix("/", path)));
    }

    private static String withoutSuffix(String ending, String text) {
        return text.endsWith(ending) ? text.substring(0, text.length() - ending.length()) : text;
    }

    private RepositoryAddress() {}
}
