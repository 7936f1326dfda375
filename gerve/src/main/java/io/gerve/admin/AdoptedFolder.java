package io.gerve.admin;

import java.util.regex.Pattern;

/**
 * Bare repository on a file server that is not Gerve's yet.
 *
 * @param path path in the home of the git user, or an absolute one; empty if the repository lies where Gerve would
 *     create it
 * @param keepsHooks whether it may have hooks, which run with pushes
 */
public record AdoptedFolder(String path, boolean keepsHooks) {
    private static final Pattern FORM = Pattern.compile("([A-Za-z0-9._/@+,=][A-Za-z0-9._/@+,=-]{0,999})?");

    public AdoptedFolder {
        if (!FORM.matcher(path).matches()) {
            throw new IllegalArgumentException(
                    "the path of a repository consists of letters, digits and . _ / @ + , = -");
        }
    }
}
