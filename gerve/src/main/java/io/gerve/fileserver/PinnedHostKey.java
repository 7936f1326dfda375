package io.gerve.fileserver;

import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.UserInfo;
import io.gerve.keylookup.key.PublicKey;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** The one key that one host is believed with, whatever name or address it is dialled by. Nothing is ever learnt. */
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
        throw new UnsupportedOperationException("a host key is pinned by the operator, not learnt");
    }

    @Override
    public void remove(String host, String type) {
        throw new UnsupportedOperationException("a host key is pinned by the operator, not forgotten");
    }

    @Override
    public void remove(String host, String type, byte @Nullable [] key) {
        remove(host, type);
    }

    @Override
    public String getKnownHostsRepositoryID() {
        return "the pinned host key";
    }

    /** Asked only for keys marked as revoked. */
    @Override
    public HostKey[] getHostKey() {
        return new HostKey[0];
    }

    @Override
    public HostKey[] getHostKey(@Nullable String host, @Nullable String type) {
        return new HostKey[0];
    }
}
