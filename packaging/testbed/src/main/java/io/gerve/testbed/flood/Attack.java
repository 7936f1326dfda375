package io.gerve.testbed.flood;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/** Attack by clients without a key, which uses up a gate's connections, memory or processor time. */
public enum Attack implements Supplier<FloodClient> {
    SILENT {
        @Override
        public FloodClient get() {
            return new FloodClient();
        }
    },
    /** Sends an identification string that does not end, a byte a second. */
    SLOW_BANNER {
        @Override
        public FloodClient get() {
            return new FloodClient() {
                private boolean hasBegun;

                @Override
                void tick() {
                    send((hasBegun ? "x" : "SSH-2.0-").getBytes(StandardCharsets.US_ASCII));
                    hasBegun = true;
                }
            };
        }
    },
    /**
     * Announces a packet of 256 KiB or of the longest length that the gate accepts, and sends it without its last
     * bytes.
     */
    PARTIAL_PACKET {
        @Override
        public FloodClient get() {
            int length = ThreadLocalRandom.current().nextBoolean() ? LONG_PACKET : LONGEST_ACCEPTED_PACKET;
            return new FloodClient() {
                @Override
                void connected() {
                    send(ByteBuffer.allocate(BANNER.length + length)
                            .put(BANNER)
                            .putInt(length)
                            .array());
                }
            };
        }
    },
    UNFINISHED_EXCHANGE {
        @Override
        public FloodClient get() {
            return new Exchanging() {
                @Override
                void exchangeBegun() {
                    // The client sends nothing more, so the key exchange does not end.
                }
            };
        }
    },
    /** Disconnects when the gate has computed its part of a key exchange, and connects again. */
    EXCHANGE_LOOP {
        @Override
        public FloodClient get() {
            return new Exchanging() {
                @Override
                void exchangeReplied(byte[] reply) {
                    end();
                }
            };
        }
    },
    /** Offers one key after another until the gate ends the connection, and connects again. */
    OFFERED_KEYS_LOOP {
        @Override
        public FloodClient get() {
            return new Exchanging() {
                @Override
                void encrypted() throws IOException {
                    sendMessage(SshMessage.of(SERVICE_REQUEST).string("ssh-userauth"));
                }

                @Override
                void received(int number, byte[] message) throws IOException {
                    if (number == SERVICE_ACCEPT || number >= AUTHENTICATION_REQUEST) {
                        offerKey();
                    }
                }

                private void offerKey() throws IOException {
                    byte[] key = new byte[32];
                    ThreadLocalRandom.current().nextBytes(key);
                    sendMessage(SshMessage.of(AUTHENTICATION_REQUEST)
                            .string("git")
                            .string("ssh-connection")
                            .string("publickey")
                            .raw((byte) 0)
                            .string("ssh-ed25519")
                            .string(new SshMessage()
                                    .string("ssh-ed25519")
                                    .string(key)
                                    .toBytes()));
                }
            };
        }
    };

    private static final int LONG_PACKET = 256 * 1024;
    private static final int LONGEST_ACCEPTED_PACKET = 35_000;
    private static final byte[] BANNER = "SSH-2.0-flood\r\n".getBytes(StandardCharsets.US_ASCII);

    /** Returns the name as reports print it: {@code slow banner}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static class Exchanging extends SshFloodClient {
        @Override
        void encrypted() throws IOException {}

        @Override
        void received(int number, byte[] message) throws IOException {}
    }
}
