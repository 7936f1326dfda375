package io.gerve.ssh;

import java.io.IOException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.UserAuth;
import org.apache.sshd.client.auth.UserAuthFactory;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.client.session.SessionFactory;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jspecify.annotations.Nullable;

/** SSH client that sends the authentication messages of a script, whatever the replies. */
final class ScriptedClient implements AutoCloseable {
    final ClientSession session;
    final BlockingQueue<String> replies = new LinkedBlockingQueue<>();
    private final SshClient client = SshClient.setUpDefaultClient();
    private final Deque<Step> script = new ArrayDeque<>();

    /** Authentication message of the script. */
    interface Step {
        Buffer message(ClientSession session) throws Exception;
    }

    ScriptedClient(int port, Step... steps) throws Exception {
        script.addAll(List.of(steps));
        client.setServerKeyVerifier((_, _, _) -> true);
        client.setUserAuthFactories(List.<UserAuthFactory>of(new UserAuthFactory() {
            @Override
            public String getName() {
                return "publickey";
            }

            @Override
            public UserAuth createUserAuth(ClientSession of) {
                return new Scripted();
            }
        }));
        client.setSessionFactory(new SessionFactory(client) {
            @Override
            protected ClientSessionImpl doCreateSession(IoSession socket) throws Exception {
                return new UnfinishedExchange(getClient(), socket);
            }
        });
        client.start();
        session = client.connect("git", "127.0.0.1", port)
                .verify(Duration.ofSeconds(60))
                .getSession();
    }

    /** Runs the script, and returns whether the client is authenticated at its end. */
    boolean authenticate() throws Exception {
        try {
            session.auth().verify(Duration.ofSeconds(60));
            return true;
        } catch (IOException e) {
            replies.add(String.valueOf(e.getMessage()));
            return false;
        }
    }

    /** Starts a key re-exchange and ignores the frontend's replies to it, so that the exchange stays open. */
    void openKeyExchange() throws Exception {
        ((UnfinishedExchange) session).begin();
    }

    String run(String command) throws Exception {
        return session.executeRemoteCommand(command).strip();
    }

    static Step query(SshKey key, String algorithm) {
        return session -> request(session, "git", "ssh-connection", false, algorithm, key.blob());
    }

    static Step signed(SshKey blobOf, String algorithm, SshKey signer) {
        return signed("git", "ssh-connection", blobOf, algorithm, signer, algorithm);
    }

    static Step signed(String user, String service, SshKey blobOf, String algorithm, SshKey signer, String signAs) {
        return session -> {
            Buffer request = request(session, user, service, true, algorithm, blobOf.blob());
            byte[] body = Arrays.copyOfRange(request.array(), request.rpos(), request.wpos());
            request.putBytes(sign(session.getSessionId(), body, signer.pair(), signAs));
            return request;
        };
    }

    /** Signs a request that names one key, and sends it with another key. */
    static Step signedThenSwapped(SshKey sent, SshKey signedBlobAndSigner, String algorithm) {
        return session -> {
            Buffer signedRequest =
                    request(session, "git", "ssh-connection", true, algorithm, signedBlobAndSigner.blob());
            byte[] body = Arrays.copyOfRange(signedRequest.array(), signedRequest.rpos(), signedRequest.wpos());
            Buffer request = request(session, "git", "ssh-connection", true, algorithm, sent.blob());
            request.putBytes(sign(session.getSessionId(), body, signedBlobAndSigner.pair(), algorithm));
            return request;
        };
    }

    static Step signedForOtherSession(SshKey key, String algorithm) {
        return session -> {
            Buffer request = request(session, "git", "ssh-connection", true, algorithm, key.blob());
            byte[] body = Arrays.copyOfRange(request.array(), request.rpos(), request.wpos());
            byte[] other = MessageDigest.getInstance("SHA-256").digest(session.getSessionId());
            request.putBytes(sign(other, body, key.pair(), algorithm));
            return request;
        };
    }

    static Step raw(String algorithm, byte[] blob, byte[] signature) {
        return session -> {
            Buffer request = request(session, "git", "ssh-connection", true, algorithm, blob);
            request.putBytes(signature);
            return request;
        };
    }

    static Step serviceRequest(String name) {
        return session -> {
            Buffer request = session.createBuffer(SshConstants.SSH_MSG_SERVICE_REQUEST, 64);
            request.putString(name);
            return request;
        };
    }

    static Buffer request(
            ClientSession session, String user, String service, boolean signed, String algorithm, byte[] blob) {
        Buffer request = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_REQUEST, 1024);
        request.putString(user);
        request.putString(service);
        request.putString("publickey");
        request.putBoolean(signed);
        request.putString(algorithm);
        request.putBytes(blob);
        return request;
    }

    private static byte[] sign(byte[] sessionId, byte[] body, KeyPair key, String algorithm) throws Exception {
        Buffer data = new ByteArrayBuffer();
        data.putBytes(sessionId);
        data.putRawBytes(body);
        Signature signer = NamedFactory.create(BuiltinSignatures.VALUES, algorithm);
        signer.initSigner(null, key.getPrivate());
        signer.update(null, data.getCompactData());
        byte[] raw = signer.sign(null);
        Buffer signature = new ByteArrayBuffer();
        signature.putString(algorithm);
        signature.putBytes(raw);
        return signature.getCompactData();
    }

    @Override
    public void close() {
        client.stop();
    }

    String nextReply() throws InterruptedException {
        return String.valueOf(replies.poll(60, TimeUnit.SECONDS));
    }

    private final class Scripted implements UserAuth {
        @Override
        public String getName() {
            return "publickey";
        }

        @Override
        public void init(ClientSession of, String service) {}

        @Override
        public boolean process(@Nullable Buffer reply) throws Exception {
            if (reply != null) {
                replies.add(Integer.toString(reply.getUByte()));
            }
            Step next = script.poll();
            if (next == null) {
                return false;
            }
            session.writePacket(next.message(session));
            return true;
        }

        @Override
        public ClientSession getSession() {
            return session;
        }

        @Override
        public ClientSession getClientSession() {
            return session;
        }

        @Override
        public void destroy() {}
    }
}
