package io.gerve.agent;

import io.gerve.agent.protocol.AgentReply;
import io.gerve.agent.protocol.AgentRequest;
import io.gerve.metrics.LatencyTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** Meters of the requests of sshd's helper programs, by the kind of the reply. Safe for use by many threads. */
public final class AgentMetrics {
    private final MeterRegistry registry;

    public AgentMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void answered(AgentRequest request, AgentReply reply, Duration duration) {
        timer(
                        request,
                        switch (reply) {
                            case AgentReply.KeyLine _ -> "key_found";
                            case AgentReply.NoKey _ -> "no_key";
                            case AgentReply.Message _ -> "message";
                            case AgentReply.Output _ -> "output";
                            case AgentReply.Connect _ -> "connect";
                            case AgentReply.Refused _ -> "refused";
                        })
                .record(duration);
    }

    private Timer timer(AgentRequest request, String reply) {
        return LatencyTimer.ofCalls("gerve.agent.requests")
                .description("Requests of gerve-keys (find_key) and gerve-shell (authorize_command)")
                .tag(
                        "request",
                        switch (request) {
                            case AgentRequest.FindKey _ -> "find_key";
                            case AgentRequest.AuthorizeCommand _ -> "authorize_command";
                        })
                .tag("reply", reply)
                .register(registry);
    }
}
