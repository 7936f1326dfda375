package io.gerve.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * The attack: a client puts a line end, an escape sequence, a change of writing direction or half a character into a
 * command, to forge a line of a log or to control the terminal of the user who reads it.
 */
class TextEscaperTest {
    /** Controls of C0 and C1, line and paragraph separator, and what changes the direction of writing or is unseen. */
    private static final String HOSTILE = "[\\x00-\\x1f\\x7f-\\x9f\\u00ad\\u061c\\u200b-\\u200f\\u2028-\\u202e"
            + "\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\ud800-\\udfff\\x{e0000}-\\x{e007f}]";

    @Example
    void everyCharacterAloneIsHarmless() {
        IntStream.rangeClosed(0, Character.MAX_CODE_POINT).forEach(character -> {
            String text = "a" + Character.toString(character) + "b";
            String escaped = TextEscaper.oneLine(text);
            if (escaped.matches(".*" + HOSTILE + ".*") || escaped.lines().count() != 1) {
                throw new AssertionError("U+%04X is not escaped".formatted(character));
            }
            if (!escaped.equals(text) && TextEscaper.isPrintable(character)) {
                throw new AssertionError("U+%04X is printable and escaped".formatted(character));
            }
        });
    }

    @Example
    void lettersOfEveryScriptAreLeft() {
        String text = "Grüße, 世界, Ελλάδα, שלום, 🚀 'quoted' \\ back";

        assertThat(TextEscaper.oneLine(text)).isEqualTo(text);
    }

    @Example
    void formOfEscapes() {
        assertThat(TextEscaper.oneLine("a\n\r\t\0\u001b\u009b\u202e\u2028\ud800\udbff b"))
                .isEqualTo("a\\n\\r\\t\\u0000\\u001b\\u009b\\u202e\\u2028\\ud800\\udbff b");
        assertThat(TextEscaper.oneWord("a b\u00a0c\u3000d")).isEqualTo("a\\u0020b\\u00a0c\\u3000d");
    }

    @Property
    void textIsOneLineOfPrintableCharacters(@ForAll("hostileTexts") String text) {
        String escaped = TextEscaper.oneLine(text);

        assertThat(escaped).doesNotContainPattern(HOSTILE).doesNotContainPattern("\\R");
        assertThat(new String(escaped.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(escaped);
        assertThat(TextEscaper.oneLine(escaped)).isEqualTo(escaped);
        assertThat(TextEscaper.oneWord(text).codePoints()).noneMatch(Character::isSpaceChar);
    }

    @Property
    void excerptIsShort(@ForAll("hostileTexts") String text) {
        assertThat(TextEscaper.excerpt(text, 5)).hasSizeLessThanOrEqualTo(5 * "\\u10ffff".length());
        assertThat(TextEscaper.oneLine(text)).startsWith(TextEscaper.excerpt(text, 5));
    }

    @Provide
    Arbitrary<String> hostileTexts() {
        return Arbitraries.frequencyOf(
                        Tuple.of(3, Arbitraries.integers().between(0, 0x2ff)),
                        Tuple.of(3, Arbitraries.integers().between(0x2000, 0x206f)),
                        Tuple.of(1, Arbitraries.integers().between(0xd800, 0xdfff)),
                        Tuple.of(1, Arbitraries.integers().between(0, Character.MAX_CODE_POINT)))
                .map(Character::toString)
                .list()
                .ofMaxSize(30)
                .map(characters -> String.join("", characters));
    }
}
