package io.gerve.config;

import io.gerve.logging.TextEscaper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/** A file of the configuration, before anything is made of what it says. */
record ConfigFile(Path path) {
    private static final int BYTES_MAX = 1 << 20;

    /** @throws InvalidConfig with every place where the file is not TOML, or why it cannot be read */
    TomlParseResult toml() throws InvalidConfig {
        String text = text(BYTES_MAX);
        TomlParseResult toml = Toml.parse(text);
        var mistakes = new ConfigErrors(path);
        List<String> lines = text.lines().toList();
        for (TomlParseError error : toml.errors()) {
            mistakes.add(error.position(), reason(error, lines));
        }
        mistakes.throwIfAny();
        return toml;
    }

    /** @throws InvalidConfig if there is no such file, it may not be read, is too long, or is not UTF-8 */
    String text(int bytesMax) throws InvalidConfig {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(bytesMax + 1);
            if (bytes.length > bytesMax) {
                throw unusable("is longer than " + bytesMax + " bytes");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (NoSuchFileException e) {
            throw unusable("there is no such file");
        } catch (AccessDeniedException e) {
            throw unusable("this user may not read it");
        } catch (CharacterCodingException e) {
            throw unusable("is not UTF-8 text");
        } catch (IOException e) {
            throw unusable("cannot be read: " + e.getMessage());
        }
    }

    /** Where permissions are not known, nobody is taken to have them. */
    boolean isReadableByEverybody() {
        var attributes = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        try {
            return attributes != null
                    && attributes.readAttributes().permissions().contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException e) {
            return false;
        }
    }

    /** A path as the file spells it: relative ones start at the file's own folder. */
    Path resolve(String other) {
        return path.toAbsolutePath().resolveSibling(other).normalize();
    }

    private InvalidConfig unusable(String why) {
        return new InvalidConfig(List.of(TextEscaper.oneLine(path + ": " + why)));
    }

    /** The parser quotes what it stumbled over, which must not be a password that lacks its quotation marks. */
    private static String reason(TomlParseError error, List<String> lines) {
        int line = error.position().line();
        boolean isSecret =
                line >= 1 && line <= lines.size() && lines.get(line - 1).matches(".*(password|url|://).*");
        return isSecret
                ? "this line is not TOML; a text must stand in quotation marks"
                : String.valueOf(error.getMessage());
    }
}
