package io.gerve.keyservice.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestDispatcherTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int REQUESTS_MAX = 2;
    private static final int PROBES_MAX = 4;

    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    private final RequestDispatcher dispatcher = new RequestDispatcher(
            List.of(new SlowHandler()), new HttpMetrics(new SimpleMeterRegistry()), REQUESTS_MAX, System::nanoTime);

    private final RequestDispatcher wide = new RequestDispatcher(
            List.of(new SlowHandler()), new HttpMetrics(new SimpleMeterRegistry()), 8, System::nanoTime);

    @AfterEach
    void stop() {
        end.countDown();
        clients.close();
    }

    @Test
    void requestBeyondTheMaximumIsRefusedAtOnce() {
        start("slow", REQUESTS_MAX);
        await().atMost(LONG).until(() -> running.get() == REQUESTS_MAX);
        assertThat(status("quick")).isEqualTo(503);
    }

    @Test
    void probeIsAnsweredWhileAllPlacesAreTaken() {
        start("slow", REQUESTS_MAX);
        await().atMost(LONG).until(() -> running.get() == REQUESTS_MAX);
        assertThat(status("livez")).isEqualTo(200);
    }

    @Test
    void probesOfOneNameAreLimitedAndDelayNoOthers() {
        start("readyz", 3 * PROBES_MAX);
        await().atMost(LONG).until(() -> running.get() == PROBES_MAX);
        assertThat(status("livez")).isEqualTo(200);
        assertThat(status("quick")).isEqualTo(200);
        end.countDown();
        await().atMost(LONG).until(() -> running.get() == 0);
        assertThat(most.get()).isEqualTo(PROBES_MAX);
    }

    /** The attack: to have slow requests without end, so that nobody else is served. */
    @Test
    void callerHasAQuarterOfThePlaces() {
        for (int i = 0; i < 2; i++) {
            Future<?> _ = clients.submit(() -> wide.dispatch(request("slow", "1")));
        }
        await().atMost(LONG).until(() -> running.get() == 2);
        assertThat(wide.dispatch(request("quick", "1")).status()).isEqualTo(503);
        assertThat(wide.dispatch(request("quick", "2")).status()).isEqualTo(200);
        end.countDown();
        await().atMost(LONG).until(() -> wide.dispatch(request("quick", "1")).status() == 200);
    }

    /** The attack: many accounts of one customer, or requests whose token or session is still looked up. */
    @Test
    void siteHasThreeQuartersOfThePlaces() {
        for (int i = 0; i < 6; i++) {
            String account = Integer.toString(i);
            Future<?> _ = clients.submit(() -> wide.dispatch(request("slow", account)));
        }
        await().atMost(LONG).until(() -> running.get() == 6);
        assertThat(wide.dispatch(request("quick", "7")).status()).isEqualTo(503);
        end.countDown();
        await().atMost(LONG).until(() -> wide.dispatch(request("quick", "7")).status() == 200);
    }

    private void start(String path, int number) {
        for (int i = 0; i < number; i++) {
            Future<?> _ = clients.submit(() -> status(path));
        }
    }

    private int status(String path) {
        return dispatcher.dispatch(request(path, "1")).status();
    }

    private static HttpRequest request(String path, String account) {
        return new HttpRequest(
                "id",
                "GET",
                List.of(path),
                Map.of(),
                Map.of("account", List.of(account)),
                InetAddress.getLoopbackAddress(),
                () -> new byte[0]);
    }

    /** Handler whose requests to "slow" and "readyz" last until the end of the test. */
    private final class SlowHandler implements HttpHandler {
        @Override
        public boolean serves(HttpRequest request) {
            return true;
        }

        @Override
        public Optional<String> probe(HttpRequest request) {
            return Optional.of(request.path().getFirst()).filter(name -> name.endsWith("z"));
        }

        @Override
        public HttpResponse handle(HttpRequest request, HttpRequestContext context) {
            boolean isAdmitted = probe(request).isPresent()
                    || (context.admitSite("192.0.2.0/24")
                            && context.admit(request.headers()
                                    .getOrDefault("account", List.of("1"))
                                    .getFirst()));
            if (!isAdmitted) {
                return fail(request, Failure.BUSY);
            }
            if (List.of("slow", "readyz").contains(request.path().getFirst())) {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                try {
                    end.await();
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                }
                running.decrementAndGet();
            }
            return HttpResponse.empty(200);
        }

        @Override
        public HttpResponse fail(HttpRequest request, Failure failure) {
            return HttpResponse.empty(503);
        }
    }
}
