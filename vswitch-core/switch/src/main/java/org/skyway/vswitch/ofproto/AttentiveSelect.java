package org.skyway.vswitch.ofproto;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;

/// Looks for the next message for a moment before it lets the thread sleep. Tools send one flow-mod
/// with a barrier and wait for the answer, and a sleeping core of a virtual machine takes several
/// times as long to wake up as the message takes to be carried out.
final class AttentiveSelect implements SelectStrategy {
    private static final long ATTENTION_NANOS = 100_000;

    private long lastNanos = System.nanoTime();

    @Override
    public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
        int ready = selectNow.get();
        if (ready > 0) {
            lastNanos = System.nanoTime();
            return ready;
        }
        return hasTasks || System.nanoTime() - lastNanos < ATTENTION_NANOS ? 0 : SELECT;
    }
}
