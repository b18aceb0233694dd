package org.skyway.vswitch.datapath;

import java.io.IOException;
import java.util.Arrays;
import org.skyway.ivshmem.sys.ReadableSet;

/// The ports that a poll thread receives from. Those whose look costs a system call rest when they
/// were silent for a while: the kernel is asked for all of them at once which has something, so
/// that a thousand interfaces where nothing happens cost what one does. That thread only.
final class RxPorts implements AutoCloseable {
    /// After so many turns without a packet a port rests.
    static final int SILENT_TURNS = 8;

    /// At every so many passes the kernel is asked, while packets move.
    static final int PASSES_BETWEEN = 8;

    private RxPort[] all = new RxPort[0];
    private RxPort[] awake = new RxPort[0]; // the first [#count] of it; as long as `all`
    private int count;
    private RxPort[] byToken = new RxPort[0]; // those that rested once, or null
    private final int[] ready = new int[ReadableSet.MOST_AT_ONCE];
    private ReadableSet readable; // null before the first one rests
    private boolean unreadable; // the kernel has no set for us
    private int resting;
    private int passes; // since the kernel was asked

    /// All of them, in the order in which they came.
    RxPort[] all() {
        return all;
    }

    /// Those to look at in this pass, of which there are [#count].
    RxPort[] awake() {
        return awake;
    }

    int count() {
        return count;
    }

    void add(DatapathPort port) {
        RxPort rx = new RxPort(port);
        all = Arrays.copyOf(all, all.length + 1);
        all[all.length - 1] = rx;
        awake = Arrays.copyOf(awake, all.length);
        awake[count++] = rx;
    }

    void remove(DatapathPort port) {
        for (RxPort rx : all) {
            if (rx.port == port) {
                forget(rx);
            }
        }
        all = Arrays.stream(all).filter(rx -> rx.port != port).toArray(RxPort[]::new);
    }

    private void forget(RxPort rx) {
        int at = 0;
        while (at < count && awake[at] != rx) {
            at++;
        }
        if (at < count) {
            takeOut(at);
        } else {
            resting--;
        }
        if (rx.token >= 0) {
            readable.forget(rx.descriptor);
            byToken[rx.token] = null;
        }
    }

    private void takeOut(int at) {
        count--;
        System.arraycopy(awake, at + 1, awake, at, count - at);
        awake[count] = null;
    }

    /// Has ports look again that have something by now. At the start of a pass.
    ///
    /// @param idle whether the thread has waited since the last one, so that this is worth a system
    ///   call
    void wake(boolean idle) {
        if (resting == 0 || ++passes < PASSES_BETWEEN && !idle) {
            return;
        }
        passes = 0;
        int n = readable.ready(ready);
        for (int i = 0; i < n; i++) {
            RxPort rx = byToken[ready[i]];
            rx.silent = 0;
            awake[count++] = rx;
            resting--;
        }
    }

    /// Takes note of a turn without a packet.
    ///
    /// @return whether [#rest] is worth calling after this pass
    static boolean isSilent(RxPort rx) {
        return rx.descriptor >= 0 && ++rx.silent >= SILENT_TURNS;
    }

    /// Lets those rest that were silent for long enough. At the end of a pass.
    void rest() {
        for (int i = count - 1; i >= 0; i--) {
            RxPort rx = awake[i];
            if (rx.descriptor >= 0 && rx.silent >= SILENT_TURNS) {
                if (arm(rx)) {
                    takeOut(i);
                    resting++;
                } else {
                    rx.descriptor = -1; // so it is looked at in each pass
                }
            }
        }
    }

    private boolean arm(RxPort rx) {
        if (rx.token >= 0) {
            return readable.arm(rx.descriptor, rx.token, true);
        }
        if (!hasSet()) {
            return false;
        }
        int token = 0;
        while (token < byToken.length && byToken[token] != null) {
            token++;
        }
        if (!readable.arm(rx.descriptor, token, false)) {
            return false;
        }
        if (token == byToken.length) {
            byToken = Arrays.copyOf(byToken, Math.max(16, 2 * byToken.length));
        }
        byToken[token] = rx;
        rx.token = token;
        return true;
    }

    private boolean hasSet() {
        if (readable == null && !unreadable) {
            try {
                readable = new ReadableSet();
            } catch (IOException e) {
                unreadable = true; // all are looked at in each pass, as long as the thread lives
            }
        }
        return readable != null;
    }

    @Override
    public void close() {
        if (readable != null) {
            readable.close();
        }
    }
}
