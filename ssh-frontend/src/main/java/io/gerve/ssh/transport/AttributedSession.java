package io.gerve.ssh.transport;

import java.util.HashMap;
import java.util.Map;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.jspecify.annotations.Nullable;

/** Session with the attributes by which MINA keeps its own objects. Safe for use by many threads. */
abstract class AttributedSession extends AbstractCloseable implements IoSession {
    private final Map<Object, Object> attributes = new HashMap<>(2);

    @Override
    public @Nullable Object getAttribute(Object key) {
        synchronized (attributes) {
            return attributes.get(key);
        }
    }

    @Override
    public @Nullable Object setAttribute(Object key, Object value) {
        synchronized (attributes) {
            return attributes.put(key, value);
        }
    }

    @Override
    public @Nullable Object setAttributeIfAbsent(Object key, Object value) {
        synchronized (attributes) {
            return attributes.putIfAbsent(key, value);
        }
    }

    @Override
    public @Nullable Object removeAttribute(Object key) {
        synchronized (attributes) {
            return attributes.remove(key);
        }
    }

    final void clearAttributes() {
        synchronized (attributes) {
            attributes.clear();
        }
    }
}
