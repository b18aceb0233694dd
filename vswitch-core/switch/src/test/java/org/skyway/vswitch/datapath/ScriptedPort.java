package org.skyway.vswitch.datapath;

import java.lang.foreign.Arena;
import java.util.function.IntSupplier;

/// A port that does what a test tells it to, for errors that no sound port can be brought to make.
final class ScriptedPort extends DatapathPort {
    private final Arena arena = Arena.ofAuto();
    final long packets = arena.allocate(1 << 16, 64).address();
    volatile IntSupplier onReceive = () -> 0; // how many packets
    volatile IntSupplier onSend = () -> -1; // how many are taken; -1: all
    volatile int length = 64; // of what is received
    volatile int sent;

    ScriptedPort(int number) {
        super(number, 1);
    }

    @Override
    protected int rxBurst(long[] addresses, int[] lengths, int max) {
        int n = onReceive.getAsInt();
        for (int i = 0; i < n; i++) {
            addresses[i] = packets + 64L * i;
            lengths[i] = length;
        }
        return n;
    }

    @Override
    protected void rxRelease() {}

    @Override
    protected int txBurst(long[] addresses, int[] lengths, int from, int count) {
        int n = onSend.getAsInt();
        n = n < 0 ? count : n;
        sent += n;
        return n;
    }
}
