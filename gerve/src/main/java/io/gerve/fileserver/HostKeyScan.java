package io.gerve.fileserver;

import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.UserInfo;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.PublicKey;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Scan for the key of a host, by a key exchange that proves possession of the private key. An operator must confirm
 * that it is the right host.
 */
public final class HostKeyScan implements HostKeyRepository {
    private static final String HOST_KEY_ALGORITHMS =
            "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256";

    private Optional<byte[]> offered = Optional.empty();

    private HostKeyScan() {}

    /**
     * Returns the key of the host.
     *
     * @throws FileServerUnavailable if there is no SSH server or its key type is not supported
     */
    public static PublicKey fetch(String address, int port, Duration timeout) throws FileServerUnavailable {
        var scan = new HostKeyScan();
        var failure = scan.connect(address, port, timeout);
        try {
            return PublicKey.ofBlob(scan.offered.orElseThrow(
                    () -> new FileServerUnavailable(address + " port " + port + " presented no host key: " + failure)));
        } catch (InvalidKey e) {
            throw new FileServerUnavailable(address + " has an unusable host key: " + e.getMessage(), e);
        }
    }

    /** Connects and returns the error message. A scan fails at the latest because it does not log in. */
    private String connect(String address, int port, Duration timeout) {
        try {
            var session = new JSch().getSession("gerve-scan", address, port);
            try {
                session.setHostKeyRepository(this);
                session.setConfig("server_host_key", HOST_KEY_ALGORITHMS);
                session.setConfig("StrictHostKeyChecking", "yes");
                session.setConfig("PreferredAuthentications", "none");
                session.connect(Math.toIntExact(timeout.toMillis()));
                return "";
            } finally {
                session.disconnect();
            }
        } catch (JSchException e) {
            return FileServerUnavailable.reason(e);
        }
    }

    /** Stores the key. JSch calls this after it verified the signature of the key exchange with the key. */
    @Override
    public int check(String host, byte[] key) {
        offered = Optional.of(key.clone());
        return OK;
    }

    @Override
    public void add(HostKey hostkey, @Nullable UserInfo ui) {}

    @Override
    public void remove(String host, String type) {}

    @Override
    public void remove(String host, String type, byte @Nullable [] key) {}

    @Override
    public String getKnownHostsRepositoryID() {
        return "nothing known";
    }

    @Override
    public HostKey[] getHostKey() {
        return new HostKey[0];
    }

    @Override
    public HostKey[] getHostKey(@Nullable String host, @Nullable String type) {
        return new HostKey[0];
    }
}
