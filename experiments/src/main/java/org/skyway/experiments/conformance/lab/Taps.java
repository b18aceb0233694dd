package org.skyway.experiments.conformance.lab;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.sys.PacketSocket;

/// The tester's ends of a switch's interfaces: frames in, frames out. One thread.
public final class Taps implements AutoCloseable {
    private static final int BURST = 32;
    private static final int MAX_FRAME = 2048;

    private final List<PacketSocket> sockets = new ArrayList<>();
    private final Arena arena = Arena.ofConfined();
    private final long buffer = arena.allocate(MAX_FRAME + 64, 64).address();
    private final long[] addresses = new long[BURST];
    private final int[] lengths = new int[BURST];

    Taps(List<String> interfaces) {
        try {
            for (String name : interfaces) {
                sockets.add(PacketSocket.open(name));
            }
        } catch (IOException e) {
            close();
            throw new ExperimentException("can't open an interface: " + e.getMessage(), e);
        }
    }

    /// Sends a frame into a port of the switch.
    ///
    /// @param port 1 and up
    /// @param frame 14 bytes or more
    public void inject(int port, byte[] frame) {
        Memory.copyFromArray(frame, 0, buffer, frame.length);
        addresses[0] = buffer;
        lengths[0] = frame.length;
        for (int tries = 0; sockets.get(port - 1).txBurst(addresses, lengths, 0, 1) == 0; tries++) {
            if (tries > 1000) {
                throw new ExperimentException("interface of port " + port + " takes no frames");
            }
            Thread.yield();
        }
    }

    /// Takes what has come out of a port of the switch.
    ///
    /// @param port 1 and up
    /// @param into where the frames go, in order
    /// @return how many came
    public int receive(int port, List<byte[]> into) {
        int n = sockets.get(port - 1).rxBurst(addresses, lengths, 0, BURST);
        for (int i = 0; i < n; i++) {
            byte[] frame = new byte[lengths[i]];
            Memory.copyToArray(addresses[i], frame, 0, frame.length);
            into.add(frame);
        }
        return n;
    }

    @Override
    public void close() {
        sockets.forEach(PacketSocket::close);
        arena.close();
    }
}
