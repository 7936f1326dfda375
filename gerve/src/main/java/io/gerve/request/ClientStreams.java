package io.gerve.request;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * Streams of a client. They block: a read waits for the client, a write waits while the client does not read, for hours
 * if necessary. They throw {@link java.io.IOException} when the client is gone.
 */
public interface ClientStreams {
    InputStream stdin();

    OutputStream stdout();

    OutputStream stderr();
}
