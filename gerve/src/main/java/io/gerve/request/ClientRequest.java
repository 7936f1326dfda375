package io.gerve.request;

import io.gerve.git.GitProtocol;
import io.gerve.keylookup.key.Fingerprint;
import java.net.InetAddress;
import java.time.Duration;

/**
 * What a door knows of a request when it comes in.
 *
 * @param frontend {@code ssh} for the front end, {@code agent} for stock OpenSSH in front
 * @param address the client's own, not the balancer's
 * @param fingerprint of the key whose signature was verified
 * @param authentication how long the client took from connecting to being authenticated; zero for a later request on one connection
 * @param execLine the command of the exec request, as the client sent it; empty if it asked for a shell
 */
public record ClientRequest(
        String frontend,
        InetAddress address,
        Fingerprint fingerprint,
        Duration authentication,
        String execLine,
        GitProtocol protocol) {}
