package io.gerve.cli.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.cli.OperatedSite;
import io.gerve.config.RedisSettings;
import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.RedisInvalidationBus;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gerve key} on a real database. */
class KeyCommandIT {
    private static final String UNREGISTERED = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    @TempDir
    private Path home;

    /** Files as Windows programs and PuTTYgen save them. */
    @Test
    void keyIsAcceptedInTheEncodingsOfWindows() throws Exception {
        try (var site = OperatedSite.open(home)) {
            site.must("account", "create", "mojombo");
            var encodings = List.<Function<String, byte[]>>of(
                    line -> ("\ufeff" + line + " me\r\n").getBytes(StandardCharsets.UTF_8),
                    line -> (line + " me\r\n").getBytes(StandardCharsets.UTF_16),
                    line -> ("\ufeff" + line + " me\r\n").getBytes(StandardCharsets.UTF_16LE),
                    line -> (line + " me\r\n").getBytes(StandardCharsets.UTF_16LE),
                    line -> puttygen(line).getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < encodings.size(); i++) {
                Path generated = generate("key" + i);
                String line = Files.readString(generated).strip().replaceFirst(" [^ ]*$", "");
                Path file = Files.write(
                        home.resolve("windows" + i), encodings.get(i).apply(line));
                var added = site.must("key", "add", file.toString(), "--account", "mojombo", "--json")
                        .json();
                assertThat(added.get("title").stringValue()).isEqualTo("me");
                assertThat(added.get("fingerprint").stringValue())
                        .isEqualTo(PublicKey.ofLine(line).fingerprint().text());
                assertThat(site.must("key", "show", file.toString(), "--json").json())
                        .isEqualTo(added);
            }
            Path ppk = Files.writeString(
                    home.resolve("id.ppk"), "PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\n");
            var refused = site.gerve("key", "add", ppk.toString(), "--account", "mojombo");
            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.err()).contains("This is a PRIVATE key.", "in PuTTYgen");
        }
    }

    @Test
    void keyIsShownByFingerprintIdTextOrFile() throws Exception {
        try (var site = OperatedSite.open(home)) {
            site.must("account", "create", "mojombo");
            String fingerprint = add(site, "laptop", "mojombo");
            Path file = home.resolve("laptop.pub");
            String pasted = Files.readString(file).strip();
            var shown = site.must("key", "show", fingerprint, "--json").json();
            Path list = Files.writeString(home.resolve("list"), "# one\n\n256 " + fingerprint + " me (ED25519)\n");

            for (List<String> words : List.of(
                    List.of(pasted),
                    List.of(pasted.split(" ", -1)),
                    List.of(file.toString()),
                    List.of(list.toString()),
                    List.of(shown.get("id").asString()))) {
                assertThat(site.must(with(List.of("key", "show", "--json"), words))
                                .json())
                        .as("%s", words)
                        .isEqualTo(shown);
            }
            var some = site.gerve("key", "show", fingerprint, UNREGISTERED);
            assertThat(some.status()).isEqualTo(1);
            assertThat(some.out()).contains("mojombo");
            assertThat(some.err()).contains("The key " + UNREGISTERED + " is not registered");
            var secret = site.gerve("key", "show", home.resolve("laptop").toString());
            assertThat(secret.status()).isEqualTo(1);
            assertThat(secret.err()).contains("PRIVATE key").doesNotContain("b3BlbnNzaC1rZXk");
            assertThat(site.gerve("key", "show", "sesame").err()).doesNotContain("sesame");
        }
    }

    @Test
    void keysAreListedByFilter() throws Exception {
        try (var site = OperatedSite.open(home)) {
            site.must("account", "create", "mojombo");
            site.must("account", "create", "tom");
            String laptop = add(site, "laptop", "mojombo");
            String old = add(site, "old", "tom", "-t", "rsa", "-b", "2048");
            site.must("key", "revoke", laptop, "--reason", "Lost");

            assertThat(listed(site)).containsExactly(laptop, old);
            assertThat(listed(site, "--account", "tom")).containsExactly(old);
            assertThat(listed(site, "--status", "revoked")).containsExactly(laptop);
            assertThat(listed(site, "--status", "valid")).containsExactly(old);
            assertThat(listed(site, "--status", "expired")).isEmpty();
            assertThat(listed(site, "--type", "rsa", "--bits-below", "3072")).containsExactly(old);
            assertThat(listed(site, "--bits-below", "2048")).containsExactly(laptop);
            assertThat(listed(site, "--title", "LAP")).containsExactly(laptop);
            assertThat(listed(site, "--unused-for", "1d")).isEmpty();
            assertThat(listed(site, "--unused-for", "0ms")).containsExactly(laptop, old);
            var first = site.must("key", "list", "--limit", "1");
            assertThat(first.out()).contains(laptop).doesNotContain(old);
            assertThat(first.err()).contains("There are more");
            assertThat(listed(site, "--all")).containsExactly(laptop, old);
        }
    }

    @Test
    void allKeysOfAnAccountAreRevokedAndNoOthers() throws Exception {
        try (var site = OperatedSite.open(home)) {
            site.must("account", "create", "mojombo");
            site.must("account", "create", "tom");
            String one = add(site, "one", "tom");
            String two = add(site, "two", "tom");
            String other = add(site, "other", "mojombo");
            site.must("key", "revoke", one, "--reason", "Lost");

            var dry = site.must("key", "revoke", "--account", "tom", "--reason", "Left", "--dry-run");
            assertThat(dry.out())
                    .contains("would_be_revoked", "already_revoked")
                    .doesNotContain(other);
            assertThat(dry.err()).contains("1 would be revoked, 1 already revoked.");
            assertThat(listed(site, "--status", "valid")).containsExactly(two, other);

            var report = site.must("key", "revoke", "--account", "tom", "--reason", "Left", "--json");
            assertThat(report.err()).contains("1 revoked, 1 already revoked.");
            assertThat(report.json().get(0).get("note").stringValue()).endsWith("Lost");
            assertThat(report.json().get(1).get("fingerprint").stringValue()).isEqualTo(two);
            assertThat(report.json().get(1).get("principal").stringValue()).isEqualTo("tom");
            assertThat(report.json().get(1).get("result").stringValue()).isEqualTo("revoked");
            assertThat(listed(site, "--status", "valid")).containsExactly(other);
            assertThat(site.must("key", "show", two).out()).contains("Left");
            assertThat(site.record())
                    .filteredOn(line -> line.contains("key_revoked"))
                    .hasSize(2);
        }
    }

    @Test
    void keysInAListAreRevokedAndInvalidationsArePublished() throws Exception {
        URI redis = RunningRedis.shared().newDatabase();
        List<Invalidation> heard = new CopyOnWriteArrayList<>();
        try (var changes = new RedisInvalidationBus(new RedisSettings(redis, Duration.ofSeconds(2)));
                var site = new OperatedSite(home, RunningMariaDb.shared().newMigratedDatabase(), redis)) {
            changes.listen(heard::add);
            await().until(changes::isConnected);
            site.must("account", "create", "tom");
            String one = add(site, "one", "tom");
            String two = add(site, "two", "tom");
            String three = add(site, "three", "tom");
            await().until(() -> heard.contains(new Invalidation(Invalidation.Kind.KEY, three)));
            heard.clear();
            Path list = Files.writeString(
                    home.resolve("leaked"),
                    one + " in a public image\n" + Files.readString(home.resolve("two.pub")) + UNREGISTERED
                            + "\nnonsense\n");

            var report = site.gerve("key", "revoke", "--list", list.toString(), "--reason", "Leaked");
            assertThat(report.out()).contains(one, two, "leaked:4").doesNotContain(three, UNREGISTERED);
            assertThat(report.err()).contains("2 revoked, 0 already revoked, 1 invalid lines.");
            assertThat(report.status()).isEqualTo(1);
            assertThat(listed(site, "--status", "valid")).containsExactly(three);
            await().untilAsserted(() -> assertThat(heard)
                    .contains(
                            new Invalidation(Invalidation.Kind.KEY, one), new Invalidation(Invalidation.Kind.KEY, two))
                    .doesNotContain(new Invalidation(Invalidation.Kind.KEY, three)));
        }
    }

    @Test
    void unregisteredKeyRevokesNothing() throws Exception {
        try (var site = OperatedSite.open(home)) {
            site.must("account", "create", "tom");
            String one = add(site, "one", "tom");
            assertThat(site.gerve("key", "revoke", one, UNREGISTERED, "--reason", "x")
                            .status())
                    .isEqualTo(1);
            assertThat(site.gerve("key", "revoke", "--account", "nobody", "--reason", "x")
                            .status())
                    .isEqualTo(1);
            assertThat(site.gerve("key", "revoke", "--reason", "x").status()).isEqualTo(2);
            assertThat(site.gerve("key", "revoke", one, "--account", "tom", "--reason", "x")
                            .status())
                    .isEqualTo(2);
            assertThat(listed(site, "--status", "valid")).containsExactly(one);
        }
    }

    private static List<String> listed(OperatedSite site, String... filter) {
        var list = site.must(with(List.of("key", "list", "--json"), List.of(filter)));
        return StreamSupport.stream(list.json().spliterator(), false)
                .map(key -> key.get("fingerprint").stringValue())
                .toList();
    }

    /** @return its fingerprint */
    private String add(OperatedSite site, String name, String login, String... kind) throws Exception {
        return site.must("key", "add", generate(name, kind).toString(), "--account", login, "--json")
                .json()
                .get("fingerprint")
                .stringValue();
    }

    private static String puttygen(String line) {
        return """
                ---- BEGIN SSH2 PUBLIC KEY ----
                Comment: "me"
                %s
                ---- END SSH2 PUBLIC KEY ----
                """.formatted(line.split(" ", -1)[1]).replace("\n", "\r\n");
    }

    /** @return the file of the public key */
    private Path generate(String name, String... kind) throws Exception {
        Path file = home.resolve(name);
        var command = with(
                List.of("ssh-keygen", "-q", "-N", "", "-C", name, "-f", file.toString()),
                kind.length == 0 ? List.of("-t", "ed25519") : List.of(kind));
        new ProcessBuilder(command).inheritIO().start().waitFor();
        return home.resolve(name + ".pub");
    }

    private static String[] with(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).toArray(String[]::new);
    }
}
