package io.gerve.request;

import io.gerve.git.GitProtocol;
import io.gerve.keylookup.key.Fingerprint;
import java.net.InetAddress;
import java.time.Duration;

/**
 * Request of a client as the frontend received it.
 *
 * @param frontend {@code ssh} for gerve-frontend, {@code openssh} for stock OpenSSH
 * @param address address of the client, not of the load balancer
 * @param fingerprint fingerprint of the key whose signature was verified
 * @param authentication time from connecting to being authenticated; zero for a later request on the same connection
 * @param execLine command of the exec request, as the client sent it; empty if the client requested a shell
 */
public record ClientRequest(
        String frontend,
        InetAddress address,
        Fingerprint fingerprint,
        Duration authentication,
        String execLine,
        GitProtocol protocol) {}
