package org.skyway.vswitch.port;

import java.io.IOException;
import java.nio.file.Path;
import org.skyway.ivshmem.sys.Descriptor;
import org.skyway.ivshmem.sys.UnixSocket;

/// Connects a port to who listens, and again whenever that ends, ever later while it does not last.
/// The thread of the sockets.
///
/// @param <S> a conversation
abstract class SocketDialer<S extends PortSockets.User> implements PortSockets.User {
    private static final long MOST_PAUSE_NANOS = 1_000_000_000L;
    private static final long LASTING_NANOS = 1_000_000_000L;

    private final PortSockets sockets;
    private final Path path;
    private final UnixSocket.Kind kind;
    private final StockPort port;
    private final long leastPause;
    private S session; // null between two tries
    private long nextTry = System.nanoTime();
    private long pause;
    private boolean removed;

    /// @param leastPause between two tries, in nanoseconds
    SocketDialer(
            PortSockets sockets, Path path, UnixSocket.Kind kind, StockPort port, long leastPause) {
        this.sockets = sockets;
        this.path = path;
        this.kind = kind;
        this.port = port;
        this.leastPause = leastPause;
        pause = leastPause;
    }

    /// Begins a conversation, which says when it is over by [#ended].
    abstract S begin(UnixSocket server);

    /// Ends one.
    abstract void leave(S session, String reason);

    @Override
    public final Descriptor descriptor() {
        return null; // its session waits
    }

    @Override
    public final void ready() {
        // Never.
    }

    @Override
    public final void tick(long nowNanos) {
        if (session != null || nowNanos - nextTry < 0) {
            return;
        }
        nextTry = nowNanos + pause;
        pause = Math.min(2 * pause, MOST_PAUSE_NANOS);
        try {
            UnixSocket server = UnixSocket.connect(path, kind);
            if (server != null) {
                session = begin(server);
                sockets.add(session);
            }
        } catch (IOException e) {
            port.trouble(e.getMessage());
        }
    }

    /// The conversation is over.
    ///
    /// @param sinceNanos since when packets could come
    /// @param worked whether they could at all
    final void ended(long sinceNanos, boolean worked) {
        session = null;
        long now = System.nanoTime();
        if (worked && now - sinceNanos > LASTING_NANOS) {
            pause = leastPause; // none that has to be left, or leaves, whenever it is met
        }
        if (!removed) {
            nextTry = now + pause;
        }
    }

    /// Connects no more.
    ///
    /// @param name of the port
    final void remove(String name) {
        removed = true;
        end();
        if (session != null) {
            leave(session, "port %s was removed".formatted(name));
        }
    }

    @Override
    public final void end() {
        sockets.remove(this);
    }
}
