package io.gerve.ssh.transport;

import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.io.IoConnector;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoServiceEventListener;
import org.apache.sshd.common.io.IoServiceFactory;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;

/** Owner of the threads that serve connections. MINA closes it after the acceptor, when no connection is left. */
final class SelectorServiceFactory extends AbstractCloseable implements IoServiceFactory {
    private final FactoryManager manager;
    private final AdmissionPolicy admission;
    private final ListeningSocket listeningSocket;
    private final Workers workers;
    private volatile @Nullable IoServiceEventListener listener;

    SelectorServiceFactory(
            FactoryManager manager, AdmissionPolicy admission, ListeningSocket listeningSocket, Workers workers) {
        this.manager = manager;
        this.admission = admission;
        this.listeningSocket = listeningSocket;
        this.workers = workers;
        this.listener = manager.getIoServiceEventListener();
    }

    @Override
    public IoAcceptor createAcceptor(IoHandler handler) {
        int backlog = CoreModuleProperties.SOCKET_BACKLOG.getRequired(manager);
        SelectorAcceptor acceptor = new SelectorAcceptor(handler, admission, listeningSocket, backlog, workers);
        acceptor.setIoServiceEventListener(listener);
        return acceptor;
    }

    @Override
    public IoConnector createConnector(IoHandler handler) {
        throw new UnsupportedOperationException("This transport accepts connections and opens none");
    }

    @Override
    public @Nullable IoServiceEventListener getIoServiceEventListener() {
        return listener;
    }

    @Override
    public void setIoServiceEventListener(@Nullable IoServiceEventListener listener) {
        this.listener = listener;
    }

    @Override
    protected void doCloseImmediately() {
        workers.close();
        super.doCloseImmediately();
    }
}
