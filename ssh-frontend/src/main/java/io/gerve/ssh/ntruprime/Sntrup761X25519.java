package io.gerve.ssh.ntruprime;

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
 * Hybrid key exchange of sntrup761 and X25519. It is MINA's, with the server side of sntrup761 replaced by {@link
 * Sntrup761}.
 *
 * @param builtin MINA's key exchange, which decides the name
 */
public record Sntrup761X25519(BuiltinDHFactories builtin) implements DHFactory {
    private static final SecureRandom RANDOM = new SecureRandom();

    private static final KeyEncapsulationMethod SNTRUP761 = new KeyEncapsulationMethod() {
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
    public AbstractDH create(Object... parameters) throws Exception {
        return new XDH(MontgomeryCurve.x25519, true) {
            @Override
            public KeyEncapsulationMethod getKeyEncapsulation() {
                return SNTRUP761;
            }

            @Override
            public Digest getHash() {
                return BuiltinDigests.sha512.create();
            }
        };
    }
}
