package io.gerve.request;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * The client's end of a request. The streams block: reading waits for the client, writing waits while the client does not read,
 * for hours if need be. When the client is gone they throw {@link java.io.IOException}.
 */
public interface ClientStreams {
    InputStream stdin();

    OutputStream stdout();

    OutputStream stderr();
}
