package io.gerve.fileserver;

import com.jcraft.jsch.Identity;
import com.jcraft.jsch.JSchHostKeyException;
import com.jcraft.jsch.Session;
import io.gerve.keylookup.key.Fingerprint;
import java.net.ConnectException;
import java.net.UnknownHostException;

/** Explanation of a failed login to a file server, for the operator. */
final class LoginFailure {
    /** Beginning of JSch's message when the server accepts no key. */
    private static final String AUTHENTICATION_FAILED = "Auth fail";

    private LoginFailure() {}

    /** Returns the rest of a sentence whose subject is the file server, without a period. */
    static String explain(Exception failure, Session session, Identity identity) {
        if (failure instanceof JSchHostKeyException) {
            return "presented another host key than the pinned one";
        }
        if (String.valueOf(failure.getMessage()).startsWith(AUTHENTICATION_FAILED)) {
            return refusedKey(session, identity);
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException) {
                return "accepts no connections at " + address(session) + ": start its sshd, or correct its address";
            }
            if (cause instanceof UnknownHostException) {
                return "has no address: correct the name " + session.getHost() + ", or the name service";
            }
        }
        return "refused the login: " + FileServerUnavailable.reason(failure);
    }

    private static String refusedKey(Session session, Identity identity) {
        return "refused the login as %s at %s with the key %s of file_servers.identity_file (%s): add the public key there, as share/file-server/setup does"
                .formatted(
                        session.getUserName(),
                        address(session),
                        Fingerprint.ofBlob(identity.getPublicKeyBlob()).text(),
                        identity.getName());
    }

    private static String address(Session session) {
        return session.getHost() + ":" + session.getPort();
    }
}
