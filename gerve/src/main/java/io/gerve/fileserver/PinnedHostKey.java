package io.gerve.fileserver;

import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.UserInfo;
import io.gerve.keylookup.key.PublicKey;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Host key repository with the pinned key of one host, regardless of the name or address of the connection. It never
 * learns a key.
 */
final class PinnedHostKey implements HostKeyRepository {
    private final byte[] blob;

    PinnedHostKey(PublicKey key) {
        this.blob = key.blob();
    }

    @Override
    public int check(String host, byte[] key) {
        return MessageDigest.isEqual(blob, key) ? OK : CHANGED;
    }

    @Override
    public void add(HostKey hostkey, @Nullable UserInfo ui) {
        throw new UnsupportedOperationException("host keys are pinned by the operator");
    }

    @Override
    public void remove(String host, String type) {
        throw new UnsupportedOperationException("host keys are pinned by the operator");
    }

    @Override
    public void remove(String host, String type, byte @Nullable [] key) {
        remove(host, type);
    }

    @Override
    public String getKnownHostsRepositoryID() {
        return "the pinned host key";
    }

    /** Returns nothing: JSch calls this only for revoked keys. */
    @Override
    public HostKey[] getHostKey() {
        return new HostKey[0];
    }

    @Override
    public HostKey[] getHostKey(@Nullable String host, @Nullable String type) {
        return new HostKey[0];
    }
}
