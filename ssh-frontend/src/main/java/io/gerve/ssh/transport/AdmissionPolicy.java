package io.gerve.ssh.transport;

import java.net.InetAddress;

/**
 * Decision whether a connection is served, by the address it comes from. A refused connection is closed by the accepting thread, before
 * anything is allocated for it. Implementations must be quick and must not block.
 */
@FunctionalInterface
public interface AdmissionPolicy {
    /** Policy that admits everybody. */
    AdmissionPolicy ADMIT_ALL = (_, _) -> true;

    /**
     * Returns whether the connection is served.
     *
     * @param address of the peer, which is the proxy's if there is one
     * @param open number of connections that are open already
     */
    boolean admits(InetAddress address, int open);

    /** Is told of a connection that it has admitted, before a thread reads it. May close it. */
    default void admitted(SelectorSession session) {}
}
