package io.gerve.packaging.e2e;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.RemoteSession;
import org.eclipse.jgit.transport.SshSessionFactory;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.util.FS;

/** JSch for JGit, as in IDEs on Java. It logs in with one key and believes any host key. */
final class JschSessionFactory extends SshSessionFactory {
    private static final int TIMEOUT_MILLIS = 60_000;

    private final Path key;

    JschSessionFactory(Path key) {
        this.key = key;
    }

    @Override
    public RemoteSession getSession(URIish uri, CredentialsProvider provider, FS files, int timeout)
            throws TransportException {
        try {
            JSch jsch = new JSch();
            jsch.addIdentity(key.toString());
            Session session = jsch.getSession(uri.getUser(), uri.getHost(), uri.getPort());
            session.setConfig("StrictHostKeyChecking", "no");
            session.setConfig("PreferredAuthentications", "publickey");
            session.connect(TIMEOUT_MILLIS);
            return new JschSession(session);
        } catch (JSchException e) {
            throw new TransportException(uri, e.getMessage(), e);
        }
    }

    @Override
    public String getType() {
        return "jsch";
    }

    private record JschSession(Session session) implements RemoteSession {
        @Override
        public Process exec(String command, int timeout) throws IOException {
            try {
                ChannelExec channel = (ChannelExec) session.openChannel("exec");
                channel.setCommand(command);
                var process = new JschProcess(
                        channel, channel.getInputStream(), channel.getErrStream(), channel.getOutputStream());
                channel.connect(TIMEOUT_MILLIS);
                return process;
            } catch (JSchException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void disconnect() {
            session.disconnect();
        }
    }

    private static final class JschProcess extends Process {
        private final ChannelExec channel;
        private final InputStream stdout;
        private final InputStream stderr;
        private final OutputStream stdin;

        JschProcess(ChannelExec channel, InputStream stdout, InputStream stderr, OutputStream stdin) {
            this.channel = channel;
            this.stdout = stdout;
            this.stderr = stderr;
            this.stdin = stdin;
        }

        @Override
        public OutputStream getOutputStream() {
            return stdin;
        }

        @Override
        public InputStream getInputStream() {
            return stdout;
        }

        @Override
        public InputStream getErrorStream() {
            return stderr;
        }

        @Override
        public int waitFor() {
            Awaitility.await().until(channel::isClosed);
            return channel.getExitStatus();
        }

        @Override
        public int exitValue() {
            if (!channel.isClosed()) {
                throw new IllegalThreadStateException("still running");
            }
            return channel.getExitStatus();
        }

        @Override
        public void destroy() {
            channel.disconnect();
        }
    }
}
