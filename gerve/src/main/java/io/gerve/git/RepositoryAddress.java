package io.gerve.git;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Address of a repository in a command line: {@code owner/name}, {@code ssh://[user@]host[:port]/owner/name} or {@code
 * [user@]host:owner/name}. User, host and port are ignored. A slash may precede the owner; {@code .git} and a slash may
 * follow the name.
 */
final class RepositoryAddress {
    private static final String URL_PREFIX = "ssh://";
    private static final String AUTHORITY =
            "(?:[A-Za-z0-9][A-Za-z0-9._-]{0,63}@)?" + "(?:[A-Za-z0-9][A-Za-z0-9.-]{0,252}|\\[[0-9A-Fa-f:.]{2,45}\\])";
    private static final Pattern URL = Pattern.compile(URL_PREFIX + AUTHORITY + "(?::[0-9]{1,5})?/(.*)");
    private static final Pattern SCP_LIKE = Pattern.compile(AUTHORITY + ":(.*)");

    /** Returns the repository, or empty if the address is not that of a possible repository. */
    static Optional<RepositoryName> repository(String address) {
        if (address.startsWith(URL_PREFIX)) {
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

    private static String withoutSuffix(String suffix, String text) {
        return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
    }

    private RepositoryAddress() {}
}
