package io.gerve.ssh.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.sshd.common.Factory;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.io.IoServiceFactory;
import org.apache.sshd.common.io.IoServiceFactoryFactory;
import org.apache.sshd.common.util.threads.CloseableExecutorService;

/**
 * Transport of an SSH server over non-blocking sockets, in place of MINA's NIO2 (RATIONALE.md, "The transport"). Give it to
 * {@code SshServer.setIoServiceFactoryFactory}.
 */
public final class SelectorTransport implements IoServiceFactoryFactory {
    private final AdmissionPolicy admission;
    private final ListeningSocket listeningSocket;

    public SelectorTransport(AdmissionPolicy admission, ListeningSocket listeningSocket) {
        this.admission = admission;
        this.listeningSocket = listeningSocket;
    }

    @Override
    public IoServiceFactory create(FactoryManager manager) {
        try {
            return new SelectorServiceFactory(manager, admission, listeningSocket, new Workers());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot open a selector: " + e.getMessage(), e);
        }
    }

    /** Does nothing: the transport has threads of its own. */
    @Override
    public void setExecutorServiceFactory(Factory<CloseableExecutorService> factory) {
        // No executor is used.
    }
}
