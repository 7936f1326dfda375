package io.gerve.ssh;

import java.security.SecureRandom;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.digest.Digest;
import org.apache.sshd.common.kex.AbstractDH;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.BuiltinKEM;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.KeyEncapsulationMethod;
import org.apache.sshd.common.kex.MontgomeryCurve;
import org.apache.sshd.common.kex.XDH;

/**
 * The key exchange that joins sntrup761 and X25519, as MINA has it, but with our server's half of sntrup761.
 *
 * @param builtin MINA's, by one of its names
 */
record Sntrup761X25519(BuiltinDHFactories builtin) implements DHFactory {
    private static final SecureRandom RANDOM = new SecureRandom();

    private static final KeyEncapsulationMethod OURS = new KeyEncapsulationMethod() {
        @Override
        public Client getClient() {
            return BuiltinKEM.sntrup761.getClient();
        }

        @Override
        public Server getServer() {
            return new Sntrup761(RANDOM);
        }
    };

    @Override
    public String getName() {
        return builtin.getName();
    }

    @Override
    public boolean isSupported() {
        return builtin.isSupported();
    }

    @Override
    public boolean isGroupExchange() {
        return false;
    }

    @Override
    public AbstractDH create(Object... nothing) throws Exception {
        return new XDH(MontgomeryCurve.x25519, true) {
            @Override
            public KeyEncapsulationMethod getKeyEncapsulation() {
                return OURS;
            }

            @Override
            public Digest getHash() {
                return BuiltinDigests.sha512.create();
            }
        };
    }
}
