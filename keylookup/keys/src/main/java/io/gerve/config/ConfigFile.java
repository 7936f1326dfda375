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

/** A configuration file or password file whose content has not been interpreted yet. */
record ConfigFile(Path path) {
    private static final int BYTES_MAX = 1 << 20;

    /**
     * Parses the file as TOML.
     *
     * @throws InvalidConfig if the file cannot be read or is not TOML; the message lists every syntax error
     */
    TomlParseResult toml() throws InvalidConfig {
        String text = text(BYTES_MAX);
        TomlParseResult toml = Toml.parse(text);
        var errors = new ConfigErrors(path);
        List<String> lines = text.lines().toList();
        for (TomlParseError error : toml.errors()) {
            errors.add(error.position(), reason(error, lines));
        }
        errors.throwIfAny();
        return toml;
    }

    /**
     * Returns the content of the file.
     *
     * @throws InvalidConfig if the file does not exist, is not readable, is longer than {@code bytesMax}, or is not
     *     UTF-8
     */
    String text(int bytesMax) throws InvalidConfig {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(bytesMax + 1);
            if (bytes.length > bytesMax) {
                throw unusable("the file is longer than " + bytesMax + " bytes");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (NoSuchFileException e) {
            throw unusable("there is no such file");
        } catch (AccessDeniedException e) {
            throw unusable("permission denied");
        } catch (CharacterCodingException e) {
            throw unusable("the file is not UTF-8 text");
        } catch (IOException e) {
            throw unusable("cannot read the file: " + e.getMessage());
        }
    }

    /** Returns true if other users may read the file; false if the permissions cannot be determined. */
    boolean isWorldReadable() {
        var attributes = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        try {
            return attributes != null
                    && attributes.readAttributes().permissions().contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException e) {
            return false;
        }
    }

    /** Resolves a path in the file. A relative path starts at the directory of the file. */
    Path resolve(String other) {
        return path.toAbsolutePath().resolveSibling(other).normalize();
    }

    private InvalidConfig unusable(String reason) {
        return new InvalidConfig(List.of(TextEscaper.oneLine(path + ": " + reason)));
    }

    /**
     * Returns the message of a syntax error. The parser quotes the offending text, which could be a password without
     * quotation marks, so lines that may contain a secret get a general message.
     */
    private static String reason(TomlParseError error, List<String> lines) {
        int line = error.position().line();
        boolean mayHoldSecret =
                line >= 1 && line <= lines.size() && lines.get(line - 1).matches(".*(password|url|://).*");
        return mayHoldSecret
                ? "this line is not valid TOML; a string must be in quotation marks"
                : String.valueOf(error.getMessage());
    }
}
