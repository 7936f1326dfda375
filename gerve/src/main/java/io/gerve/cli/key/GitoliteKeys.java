package io.gerve.cli.key;

import io.gerve.admin.ChangeRefused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keys of a gitolite keydir. The user of a file is its name without {@code .pub} and without {@code @DEVICE}, which has
 * no dot; its folder does not matter.
 */
final class GitoliteKeys {
    private static final String SUFFIX = ".pub";

    private final Path directory;

    GitoliteKeys(Path directory) {
        this.directory = directory;
    }

    /**
     * Returns the keys, in the order of their paths.
     *
     * @param logins the logins of users whose names differ
     * @param refused receives a row for each file whose key cannot be imported
     */
    List<KeyImportLine> lines(LoginMap logins, List<ImportResult> refused) throws ChangeRefused {
        List<Path> files = files();
        Map<String, Set<String>> usersByLogin = new HashMap<>();
        for (Path file : files) {
            String user = user(file);
            if (logins.login(user).isEmpty()) {
                usersByLogin
                        .computeIfAbsent(user.toLowerCase(Locale.ROOT), _ -> new HashSet<>())
                        .add(user);
            }
        }
        List<KeyImportLine> lines = new ArrayList<>();
        for (Path file : files) {
            String location = directory.relativize(file).toString();
            String user = user(file);
            boolean isAmbiguous = logins.login(user).isEmpty()
                    && usersByLogin
                                    .getOrDefault(user.toLowerCase(Locale.ROOT), Set.of())
                                    .size()
                            > 1;
            try {
                if (isAmbiguous) {
                    throw new ChangeRefused(
                            "Users whose names differ only in case would be one account. Name the login of"
                                    + " each in a file of logins: --logins FILE");
                }
                lines.add(new KeyImportLine(location, text(file), Optional.of(user)));
            } catch (ChangeRefused e) {
                refused.add(new ImportResult(
                        location, "", "", ImportResult.Status.REFUSED, String.valueOf(e.getMessage())));
            }
        }
        return lines;
    }

    private static String text(Path file) throws ChangeRefused {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new ChangeRefused("This is a link or a folder, which gitolite does not read.");
        }
        String text = KeyFile.text(file).strip();
        if (text.isEmpty()) {
            throw new ChangeRefused("The file is empty.");
        }
        return text;
    }

    private static String user(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.length() - SUFFIX.length()).replaceFirst("@[^.]+$", "");
    }

    private List<Path> files() throws ChangeRefused {
        try (var files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new ChangeRefused("Cannot read the directory " + directory + ": " + e.getMessage());
        }
    }
}
