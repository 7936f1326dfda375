package io.gerve.push;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.push.PushedRefs.RefUpdate;
import io.gerve.push.PushedRefs.Result;
import io.gerve.push.PushedRefs.Source;
import io.gerve.relay.ClientOutput;
import io.gerve.request.TransferMonitor;
import java.io.ByteArrayOutputStream;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PushObserverTest {
    private static final String OLD = "1".repeat(40);
    private static final String NEW = "2".repeat(40);
    private static final String NONE = "0".repeat(40);
    private static final String CAPABILITIES = "\0 report-status-v2 side-band-64k object-format=sha1 agent=git/2.39.5";
    private static final String ADVERTISED =
            packet(OLD + " refs/heads/main\0report-status side-band-64k\n") + packet(OLD + " refs/heads/x\n") + "0000";
    private static final String PACK = "PACK\0\0\0\2\0\0\0\3 0000 and so on";

    private static final String TWO_COMMANDS = packet(OLD + " " + NEW + " refs/heads/main" + CAPABILITIES)
            + packet(OLD + " " + NONE + " refs/heads/x")
            + "0000" + PACK;
    private static final String TWO_RESULTS = packet("unpack ok\n") + packet("ok refs/heads/main\n")
            + packet("ng refs/heads/x deletion prohibited\n") + "0000";

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 64, 1000})
    void reportIsParsedWhereverItIsSplit(int piece) {
        String report = ADVERTISED + band(2, "Resolving deltas: 100%\r") + band(1, TWO_RESULTS.substring(0, 30))
                + packet("\2") + band(1, TWO_RESULTS.substring(30)) + "0000";

        PushedRefs refs = observe(TWO_COMMANDS, report, piece);

        assertThat(refs.source()).isEqualTo(Source.REPORTED);
        assertThat(refs.updates())
                .containsExactly(
                        new RefUpdate("refs/heads/main", OLD, NEW, Result.UPDATED, ""),
                        new RefUpdate("refs/heads/x", OLD, NONE, Result.REFUSED, "deletion prohibited"));
    }

    @Test
    void reportWithoutSideBandIsParsed() {
        String commands = TWO_COMMANDS.replace(
                packet(OLD + " " + NEW + " refs/heads/main" + CAPABILITIES),
                packet(OLD + " " + NEW + " refs/heads/main\0 report-status"));

        assertThat(observe(commands, ADVERTISED + TWO_RESULTS, 9).updates())
                .extracting(RefUpdate::result)
                .containsExactly(Result.UPDATED, Result.REFUSED);
    }

    @Test
    void newObjectIdFromHookReplacesTheRequestedOne() {
        String other = "3".repeat(40);
        String report = packet("unpack ok\n") + packet("ok refs/heads/main\n")
                + packet("option new-oid " + other + "\n") + packet("ok refs/heads/x\n") + "0000";

        assertThat(observe(TWO_COMMANDS, ADVERTISED + band(1, report) + "0000", 11)
                        .updates())
                .extracting(RefUpdate::after)
                .containsExactly(other, NONE);
    }

    @Test
    void pushWithoutReportReturnsItsCommands() {
        PushedRefs refs = observe(TWO_COMMANDS, ADVERTISED + band(2, "remote: broken"), 100);

        assertThat(refs.source()).isEqualTo(Source.REQUESTED);
        assertThat(refs.updates()).extracting(RefUpdate::result).containsOnly(Result.UNKNOWN);
    }

    @Test
    void signedPushIsParsedWithinItsCertificate() {
        String commands = packet("push-cert" + CAPABILITIES)
                + packet("certificate version 0.1\n") + packet("pusher tom 1700000000 +0000\n") + packet("\n")
                + packet(OLD + " " + NEW + " refs/heads/main\n")
                + packet("-----BEGIN SSH SIGNATURE-----\n") + packet("AAAA\n") + packet("-----END SSH SIGNATURE-----\n")
                + packet("push-cert-end\n") + "0000";

        assertThat(observe(commands, ADVERTISED, 8).updates())
                .extracting(RefUpdate::ref)
                .containsExactly("refs/heads/main");
    }

    @Test
    void shallowLinesBeforeTheCommandsAreSkipped() {
        assertThat(observe(packet("shallow " + OLD) + TWO_COMMANDS, ADVERTISED + band(1, TWO_RESULTS), 8)
                        .source())
                .isEqualTo(Source.REPORTED);
    }

    @Test
    void pushWithoutCommandsHasNoRefs() {
        assertThat(observe("0000", ADVERTISED, 4)).isEqualTo(PushedRefs.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "0003", "zzzz", "0008abcd0000", "0000000000"})
    void invalidInputIsUnknown(String input) {
        PushedRefs refs = observe(input, "HTTP/1.1 400 Bad Request", 3);

        assertThat(refs.source()).isIn(Source.UNKNOWN, Source.NOTHING);
    }

    @Test
    void refsBeyondTheLimitAreCounted() {
        String commands = IntStream.range(0, 1000)
                .mapToObj(i -> packet(NONE + " " + NEW + " refs/heads/b" + i + (i == 0 ? CAPABILITIES : "")))
                .collect(Collectors.joining());
        String results = IntStream.range(0, 1000)
                .mapToObj(i -> packet("ok refs/heads/b" + i + "\n"))
                .collect(Collectors.joining());

        PushedRefs refs = observe(
                commands + "0000", ADVERTISED + band(1, packet("unpack ok\n") + results + "0000") + "0000", 4096);

        assertThat(refs.updates())
                .hasSize(PushCommands.KEPT_MAX)
                .extracting(RefUpdate::result)
                .containsOnly(Result.UPDATED);
        assertThat(refs.omitted()).isEqualTo(1000 - PushCommands.KEPT_MAX);
    }

    /**
     * The attack: a ref name or a hook message that moves the terminal cursor of a reader of the record, or looks like
     * a second ref.
     */
    @Test
    void refNameIsEscapedAndTruncated() {
        String name = "refs/heads/\u001b[2J moved\nx" + "y".repeat(3000);
        String commands = packet(NONE + " " + NEW + " " + name + CAPABILITIES) + "0000";

        RefUpdate update = observe(commands, ADVERTISED, 50).updates().getFirst();

        assertThat(update.ref())
                .startsWith("refs/heads/\\u001b[2J\\u0020moved\\nxyyy")
                .hasSizeLessThan(300);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000})
    void firstPushCreatesABranchWhereNoneWasAdvertised(int piece) {
        String empty = packet(NONE + " capabilities^{}\0report-status\n") + "0000";
        String onlyTags = packet(OLD + " refs/tags/v1\0report-status\n") + packet(OLD + " .have\n") + "0000";
        String branchLast = packet(OLD + " refs/changes/1\0report-status\n") + packet(OLD + " refs/heads/x\n") + "0000";
        String branch = packet(NONE + " " + NEW + " refs/heads/main" + CAPABILITIES) + "0000" + PACK;
        String tag = packet(NONE + " " + NEW + " refs/tags/v1" + CAPABILITIES) + "0000" + PACK;

        assertThat(observed(branch, empty, empty.length(), piece).isFirstPush()).isTrue();
        assertThat(observed(branch, onlyTags, onlyTags.length(), piece).isFirstPush())
                .isTrue();
        assertThat(observed(tag, empty, empty.length(), piece).isFirstPush()).isFalse();
        assertThat(observed(branch, branchLast, branchLast.length(), piece).isFirstPush())
                .isFalse();
        assertThat(observed(TWO_COMMANDS, ADVERTISED, ADVERTISED.length(), piece)
                        .isFirstPush())
                .isFalse();
        assertThat(observed(branch, empty.substring(0, 20), 20, piece).isFirstPush())
                .isFalse();
    }

    /** Names in Latin-1, as old Windows clients push them. Without the escapes, both would be the same text. */
    @Test
    void refNamesThatAreNotUtf8StayDifferent() {
        String commands = packet(NONE + " " + NEW + " refs/heads/caf\u00e9" + CAPABILITIES)
                + packet(NONE + " " + NEW + " refs/heads/caf\u00e8\u00ff")
                + packet(NONE + " " + NEW + " refs/heads/\u00c3\u00a9t\u00c3")
                + "0000";

        assertThat(observe(commands, ADVERTISED, 50).updates())
                .extracting(RefUpdate::ref)
                .containsExactly("refs/heads/caf\\xe9", "refs/heads/caf\\xe8\\xff", "refs/heads/\u00e9t\\xc3");
    }

    private static PushedRefs observe(String input, String output, int piece) {
        return observed(input, output, ADVERTISED.length(), piece).refs();
    }

    /** @param advertised length of the list of refs at the start of the output */
    private static TransferMonitor observed(String input, String output, int advertised, int piece) {
        var traffic = new TransferMonitor();
        traffic.observePush();
        byte[] in = input.getBytes(ISO_8859_1);
        byte[] out = output.getBytes(ISO_8859_1);
        int refs = Math.min(out.length, advertised);
        feed(out, 0, refs, piece, traffic::peek);
        feed(in, 0, in.length, piece, traffic::in);
        feed(out, refs, out.length, piece, traffic::peek);
        return traffic;
    }

    private static void feed(byte[] bytes, int from, int to, int piece, ClientOutput.Observer observer) {
        for (int at = from; at < to; at += piece) {
            observer.observe(bytes, at, Math.min(piece, to - at));
        }
    }

    private static String packet(String text) {
        return "%04x%s".formatted(text.length() + 4, text);
    }

    private static String band(int number, String text) {
        var lines = new ByteArrayOutputStream();
        for (int at = 0; at < text.length(); at += 65_515) {
            String part = text.substring(at, Math.min(text.length(), at + 65_515));
            lines.writeBytes(packet((char) number + part).getBytes(ISO_8859_1));
        }
        return lines.toString(ISO_8859_1);
    }
}
