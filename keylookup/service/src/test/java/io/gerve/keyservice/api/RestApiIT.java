package io.gerve.keyservice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.config.KeylookupSettings;
import io.gerve.keylookup.token.AccessToken;
import io.gerve.keylookup.token.TokenDetails;
import io.gerve.keylookup.token.TokenScope;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Tests of what all operations share: authentication, scopes, rate limits, and the OpenAPI description. */
class RestApiIT {
    private static final String KEYS = "/api/v3/user/keys";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void openApiDescribesExactlyTheRoutesAndTheirScopes() {
        try (var api = RunningApi.start()) {
            OpenApiDescription description = OpenApiDescription.load();
            Set<String> offered = api.server().api().routes().stream()
                    .filter(route -> !OpenApiDescription.PROBES.contains(route.path()))
                    .map(route -> route.method() + " " + route.path())
                    .collect(Collectors.toSet());
            assertThat(offered).isEqualTo(description.operations());
            for (ApiRoute route : api.server().api().routes()) {
                assertThat(description.scope(route.method(), route.path()))
                        .as(route.path())
                        .isEqualTo(
                                switch (route.access()) {
                                    case ApiRoute.Anonymous _, ApiRoute.Operator _ -> "";
                                    case ApiRoute.AnyToken _ -> "any";
                                    case ApiRoute.WithScope(TokenScope scope) -> scope.label();
                                });
            }
        }
    }

    @Test
    void openApiIsServedWithUrlOfTheSite() throws Exception {
        try (var api = RunningApi.start()) {
            ApiResponse response = api.get("/api/v3/openapi.json");
            assertThat(response.json().path("openapi").asString()).startsWith("3.1");
            assertThat(response.json().path("servers").path(0).path("url").asString())
                    .isEqualTo(api.url() + "/api/v3");
            assertThat(response.body()).doesNotContain("${");
            assertThat(api.get("/api/v3/").json().path("documentation_url").asString())
                    .isEqualTo(api.url() + "/api/v3/openapi.json");
        }
    }

    @Test
    void missingOrInvalidTokenIsUnauthorized() throws Exception {
        try (var api = RunningApi.start()) {
            long tom = api.user("tom");
            assertThat(api.get(KEYS).message()).isEqualTo("Requires authentication");
            String unknownToken = AccessToken.generate(new SecureRandom()).secret();
            for (String wrong : new String[] {"Bearer " + unknownToken, "Bearer x", "Basic dG9tOg==", "Bearer"}) {
                ApiResponse refused = api.get(KEYS, "Authorization", wrong);
                assertThat(refused.status()).isEqualTo(401);
                assertThat(refused.message()).isEqualTo("Bad credentials");
            }
            assertThat(api.get("/tom.keys", "Authorization", "Bearer " + unknownToken)
                            .status())
                    .isEqualTo(401);
            String good = api.token(tom, TokenScope.READ_PUBLIC_KEY);
            assertThat(api.get(KEYS, "Authorization", good.replace("Bearer", "token"))
                            .status())
                    .isEqualTo(200);
            TokenDetails details = api.tokens().ofAccount(tom).getFirst();
            api.tokens().revoke(details.id(), RunningApi.OPERATOR);
            assertThat(api.get(KEYS, "Authorization", good).status()).isEqualTo(401);
        }
    }

    @Test
    void tokenIsLimitedToItsScopes() throws Exception {
        try (var api = RunningApi.start()) {
            long tom = api.user("tom");
            api.repository(tom, "bert", "private");
            String read = api.token(tom, TokenScope.READ_PUBLIC_KEY);
            String write = api.token(tom, TokenScope.WRITE_PUBLIC_KEY);
            String body = "{\"key\":\"" + GeneratedKeys.ed25519() + "\"}";
            ApiResponse refused = api.post(KEYS, body, "Authorization", read);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.message()).isEqualTo("This token lacks the scope write:public_key.");
            ApiResponse added = api.post(KEYS, body, "Authorization", write);
            assertThat(added.status()).isEqualTo(201);
            assertThat(api.get(KEYS, "Authorization", read).json()).hasSize(1);
            assertThat(api.delete(added.header("Location"), "Authorization", write)
                            .status())
                    .isEqualTo(403);
            assertThat(api.get("/api/v3/repos/tom/bert/keys", "Authorization", write)
                            .status())
                    .isEqualTo(403);
        }
    }

    /** The attack: a user guesses ids to read and delete the keys of others. */
    @Test
    void keyOfAnotherUserIsNotFound() throws Exception {
        try (var api = RunningApi.start()) {
            String tom = api.token(api.user("tom"), TokenScope.ADMIN_PUBLIC_KEY);
            String eve = api.token(api.user("eve"), TokenScope.ADMIN_PUBLIC_KEY);
            String url = api.post(KEYS, "{\"key\":\"" + GeneratedKeys.ed25519() + "\"}", "Authorization", tom)
                    .header("Location");
            assertThat(api.get(url, "Authorization", eve).status()).isEqualTo(404);
            assertThat(api.delete(url, "Authorization", eve).status()).isEqualTo(404);
            assertThat(api.get(url, "Authorization", tom).status()).isEqualTo(200);
        }
    }

    @Test
    void onlyServiceTokenActsForAnotherUser() throws Exception {
        try (var api = RunningApi.start()) {
            String tom = api.token(api.user("tom"), TokenScope.ADMIN_PUBLIC_KEY);
            api.organization("acme", api.user("eve"));
            String service = api.serviceToken(TokenScope.ADMIN_PUBLIC_KEY);
            String body = "{\"key\":\"" + GeneratedKeys.ed25519() + "\"}";
            assertThat(api.post(KEYS, body, "Authorization", service, "X-Gerve-User", "TOM")
                            .status())
                    .isEqualTo(201);
            assertThat(api.get(KEYS, "Authorization", tom).json()).hasSize(1);
            assertThat(api.get(KEYS, "Authorization", service).status()).isEqualTo(403);
            for (String nobody : new String[] {"nobody", "acme", "..", "tom,eve"}) {
                assertThat(api.get(KEYS, "Authorization", service, "X-Gerve-User", nobody)
                                .status())
                        .isEqualTo(403);
            }
            assertThat(api.get(KEYS, "Authorization", tom, "X-Gerve-User", "eve")
                            .status())
                    .isEqualTo(403);
            assertThat(api.get("/tom.keys", "X-Gerve-User", "eve").status()).isEqualTo(401);
            assertThat(api.get(KEYS, "Authorization", service, "X-Gerve-User", "tom", "X-Gerve-User", "eve")
                            .status())
                    .isEqualTo(400);
        }
    }

    @Test
    void suspendedUserReceivesReason() throws Exception {
        try (var api = RunningApi.start()) {
            String tom = api.token(api.user("tom"), TokenScope.ADMIN_PUBLIC_KEY);
            api.suspend("tom", "Unpaid.");
            ApiResponse refused = api.get(KEYS, "Authorization", tom);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.message()).isEqualTo("Sorry. Your account was suspended. Unpaid.");
        }
    }

    @Test
    void rateLimitAppliesToEachCallerAlone() throws Exception {
        var few = new KeylookupSettings.Limits(16, 3, 2, 60, 20_000);
        try (var api = RunningApi.start(few, "127.0.0.0/8")) {
            String tom = api.token(api.user("tom"), TokenScope.READ_PUBLIC_KEY);
            String eve = api.token(api.user("eve"), TokenScope.READ_PUBLIC_KEY);
            ApiResponse first = api.get(KEYS, "Authorization", tom);
            assertThat(first.header("X-RateLimit-Limit")).isEqualTo("3");
            assertThat(first.header("X-RateLimit-Remaining")).isEqualTo("2");
            api.get(KEYS, "Authorization", tom);
            api.get(KEYS, "Authorization", tom);
            ApiResponse refused = api.get(KEYS, "Authorization", tom);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.message()).startsWith("API rate limit exceeded");
            assertThat(refused.header("X-RateLimit-Remaining")).isEqualTo("0");
            assertThat(Long.parseLong(refused.header("X-RateLimit-Reset")))
                    .isGreaterThan(System.currentTimeMillis() / 1000);
            ApiResponse rateLimit = api.get("/api/v3/rate_limit", "Authorization", tom);
            assertThat(rateLimit.status()).isEqualTo(200);
            assertThat(rateLimit.json().path("rate").path("remaining").asInt()).isZero();
            assertThat(api.get(KEYS, "Authorization", eve).status()).isEqualTo(200);
            for (int i = 0; i < 2; i++) {
                assertThat(api.get("/tom.keys", "X-Forwarded-For", "2001:db8::" + i)
                                .status())
                        .isEqualTo(200);
            }
            assertThat(api.get("/tom.keys", "X-Forwarded-For", "192.0.2.1, 2001:db8::9")
                            .status())
                    .isEqualTo(403);
            assertThat(api.get("/tom.keys", "X-Forwarded-For", "2001:db8:0:1::1")
                            .status())
                    .isEqualTo(200);
        }
    }

    /** The attack: requests that are not counted, in such a number that they load the service, or refill the limit. */
    @Test
    void requestsThatAreNotCountedAreLimitedToo() throws Exception {
        var few = new KeylookupSettings.Limits(16, 3, 2, 60, 20_000);
        try (var api = RunningApi.start(few, "127.0.0.0/8")) {
            String tom = api.token(api.user("tom"), TokenScope.READ_PUBLIC_KEY);
            String eve = api.token(api.user("eve"), TokenScope.READ_PUBLIC_KEY);
            String tag = api.get(KEYS, "Authorization", tom).header("ETag");
            assertThat(api.get(KEYS, "Authorization", tom, "If-None-Match", "*").status())
                    .isEqualTo(200);
            for (int status : new int[] {304, 304, 304, 304, 403}) {
                assertThat(api.get(KEYS, "Authorization", tom, "If-None-Match", tag)
                                .status())
                        .isEqualTo(status);
            }

            api.get(KEYS, "Authorization", eve);
            for (int i = 0; i < 3; i++) {
                String used = api.get("/api/v3/rate_limit", "Authorization", eve, "If-None-Match", "*")
                        .header("X-RateLimit-Used");
                assertThat(used).isEqualTo("1");
            }
        }
    }

    /** The attack: a customer with an IPv6 /48 uses each of its networks in turn. */
    @Test
    void networksOfOneSiteHaveTheLimitOfFour() throws Exception {
        var few = new KeylookupSettings.Limits(16, 3, 2, 60, 20_000);
        try (var api = RunningApi.start(few, "127.0.0.0/8")) {
            for (int i = 0; i < 8; i++) {
                assertThat(api.get("/tom.keys", "X-Forwarded-For", "2001:db8:7:" + i + "::1")
                                .status())
                        .isEqualTo(404);
            }
            assertThat(api.get("/tom.keys", "X-Forwarded-For", "2001:db8:7:9::1")
                            .status())
                    .isEqualTo(403);
            assertThat(api.get("/tom.keys", "X-Forwarded-For", "2001:db8:8::1").status())
                    .isEqualTo(404);
        }
    }

    /** The attack: a client guesses tokens faster than the rate limit allows without a token. */
    @Test
    void validTokenIsRefusedAfterTooManyGuesses() throws Exception {
        var few = new KeylookupSettings.Limits(16, 5000, 3, 20, 20_000);
        String[] here = {"X-Forwarded-For", "192.0.2.1", "Authorization", ""};
        String[] elsewhere = {"X-Forwarded-For", "192.0.2.2", "Authorization", ""};
        try (var api = RunningApi.start(few, "127.0.0.0/8")) {
            here[3] = api.token(api.user("tom"), TokenScope.READ_PUBLIC_KEY);
            assertThat(api.get(KEYS, here).status()).isEqualTo(200);
            String tom = here[3];
            for (int status : new int[] {401, 401, 401, 403, 403}) {
                here[3] = "Bearer " + AccessToken.generate(new SecureRandom()).secret();
                assertThat(api.get(KEYS, here).status()).isEqualTo(status);
            }
            here[3] = api.token(api.user("eve"), TokenScope.READ_PUBLIC_KEY);
            elsewhere[3] = here[3];
            assertThat(api.get(KEYS, here).status()).isEqualTo(403);
            assertThat(api.get(KEYS, elsewhere).status()).isEqualTo(200);
            here[3] = tom;
            assertThat(api.get(KEYS, here).status()).isEqualTo(200);
        }
    }

    /** The attack: a client forges its address to evade its rate limit or to use up another client's. */
    @Test
    void forwardedAddressIsIgnoredWithoutTrustedProxy() throws Exception {
        try (var api = RunningApi.start(new KeylookupSettings.Limits(16, 3, 2, 60, 20_000))) {
            api.user("tom");
            api.get("/tom.keys", "X-Forwarded-For", "192.0.2.1");
            api.get("/tom.keys", "X-Forwarded-For", "192.0.2.2");
            assertThat(api.get("/tom.keys", "X-Forwarded-For", "192.0.2.3").status())
                    .isEqualTo(403);
        }
    }

    @Test
    void oversizedBodyIsRefused() throws Exception {
        try (var api = RunningApi.start()) {
            String tom = api.token(api.user("tom"), TokenScope.WRITE_PUBLIC_KEY);
            ApiResponse refused = api.post(KEYS, "{\"key\":\"" + "A".repeat(20_000) + "\"}", "Authorization", tom);
            assertThat(refused.status()).isEqualTo(413);
        }
    }

    @Test
    void malformedHttpIsRefusedWithoutRepeatingTheRequest() throws Exception {
        try (var api = RunningApi.start()) {
            for (String sent : new String[] {
                "GET /<script>alert(1)</script> HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /api/%zz<script> HTTP/1.1\r\nHost: x\r\n\r\n",
                "<script> / HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nX: " + "<script>".repeat(4000) + "\r\n\r\n"
            }) {
                try (var socket = new Socket(api.url().getHost(), api.url().getPort())) {
                    socket.setSoTimeout(10_000);
                    socket.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
                    InputStream in = socket.getInputStream();
                    String response = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
                    assertThat(response).as(sent.substring(0, 20)).matches("HTTP/1.1 [45]\\d\\d");
                    socket.shutdownOutput();
                    assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII))
                            .doesNotContain("<script>", "at io.", "Exception");
                }
            }
        }
    }

    @Test
    void publicKeyListsThatAreTurnedOffLookLikeUnknownPaths() throws Exception {
        try (var api = RunningApi.startWithoutPublicKeyLists()) {
            String tom = api.token(api.user("tom"), TokenScope.READ_PUBLIC_KEY);
            String[] token = {"Authorization", tom};
            for (String[] headers : new String[][] {{}, token}) {
                ApiResponse unknown = api.get("/no/such/path", headers);
                assertThat(unknown.status()).isEqualTo(404);
                for (String path : new String[] {"/tom.keys", "/api/v3/users/tom/keys", "/nobody.keys"}) {
                    ApiResponse off = api.get(path, headers);
                    assertThat(off.status()).as(path).isEqualTo(404);
                    assertThat(off.body()).as(path).isEqualTo(unknown.body());
                    assertThat(off.constantHeaders()).as(path).isEqualTo(unknown.constantHeaders());
                }
            }
            assertThat(api.registry().get("gerve.api.requests").timers())
                    .noneMatch(timer -> timer.getId().toString().contains("{login}"));
            ApiResponse unknownAccount = api.get("/api/v3/users/nobody");
            assertThat(unknownAccount.status()).isEqualTo(401);
            assertThat(api.get("/api/v3/users/tom").body()).isEqualTo(unknownAccount.body());
            assertThat(api.get("/api/v3/users/tom", token).status()).isEqualTo(200);
            assertThat(api.get(KEYS, token).status()).isEqualTo(200);
        }
    }

    /** While the database or Redis answers, a balancer must keep the service, which tells clients what is wrong. */
    @Test
    void serviceIsReadyWhileTheDatabaseOrRedisAnswers() throws Exception {
        try (var api = RunningApi.start()) {
            assertThat(api.get("/livez").status()).isEqualTo(200);
            await().atMost(LIMIT)
                    .untilAsserted(
                            () -> assertThat(api.get("/readyz").body()).isEqualTo("serving\ndatabase ok\nredis ok\n"));
            api.serviceDatabase().close();
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(api.get("/readyz").body())
                            .isEqualTo("serving\ndatabase does not answer\nredis ok\n"));
            assertThat(api.get("/readyz").status()).isEqualTo(200);
            assertThat(api.get("/tom.keys").status()).isEqualTo(503);
            api.invalidations().close();
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(api.get("/readyz").status()).isEqualTo(503));
            assertThat(api.get("/livez").status()).isEqualTo(200);
        }
    }

    @Test
    void requestsAreMeasuredByRouteAndStatus() throws Exception {
        try (var api = RunningApi.start()) {
            api.get("/livez");
            api.get("/no/such/page");
            assertThat(api.registry().get("gerve.api.requests").timers())
                    .extracting(timer -> timer.getId().getTag("operation") + " "
                            + timer.getId().getTag("status") + " " + timer.count())
                    .containsExactlyInAnyOrder("/livez 200 1", "unknown 404 1");
            assertThat(api.get("/metrics").status()).isEqualTo(404);
        }
    }

    @Test
    void probesAreHiddenFromClientsBehindAProxy() throws Exception {
        try (var api = RunningApi.start(RunningApi.LIMITS, "127.0.0.0/8")) {
            String[] forClient = {"X-Forwarded-For", "192.0.2.1"};
            assertThat(api.get("/readyz", forClient).status()).isEqualTo(404);
            assertThat(api.get("/livez", forClient).status()).isEqualTo(404);
            assertThat(api.get("/livez").status()).isEqualTo(200);
        }
    }

    /**
     * A load balancer sends a probe every second or two, which is more often than the rate limit for anonymous callers.
     */
    @Test
    void probesDoNotCountAgainstRateLimit() throws Exception {
        try (var api = RunningApi.start(new KeylookupSettings.Limits(16, 3, 2, 20, 20_000), "127.0.0.0/8")) {
            for (int i = 0; i < 5; i++) {
                assertThat(api.get("/livez").status()).isEqualTo(200);
            }
            assertThat(api.get("/tom.keys").header("X-RateLimit-Remaining")).isEqualTo("1");
        }
    }

    @Test
    void closeDoesNotWaitForIdleConnections() throws Exception {
        var api = RunningApi.start();
        api.get("/livez");
        long start = System.nanoTime();
        api.server().close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
        api.close();
    }
}
