package org.skyway.vnf.tester;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.skyway.ivshmem.region.Memory;
import org.skyway.vnf.frame.NativeBuffer;
import org.skyway.vnf.frame.SyntheticFrames;
import org.skyway.vnf.run.Burst;
import org.skyway.vnf.run.CountedPort;
import org.skyway.vnf.traffic.SinkWork;
import org.skyway.vnf.traffic.SourceWork;

/// What a port does in a round. Polled by the data thread.
interface Duty {
    /// Packets at once.
    int BURST = 32;

    /// One pass.
    ///
    /// @param send whether it may begin something of its own
    /// @return packets moved
    int poll(boolean send);

    /// Adds what came of it, after the end.
    default void describe(ObjectNode report) {}

    /// Frees what it holds, after the end.
    default void close() {}

    /// Takes packets, and looks at their order and their age.
    static Duty sink(CountedPort port) {
        SinkWork sink = new SinkWork(port, new SinkWork.Checks(false, false, 0), null, BURST);
        return new Duty() {
            @Override
            public int poll(boolean send) {
                return sink.poll();
            }

            @Override
            public void describe(ObjectNode report) {
                sink.describe(report, true);
            }

            @Override
            public void close() {
                sink.close();
            }
        };
    }

    /// Sends frames with numbers and times in them; does as [#sink], too.
    ///
    /// @param rate packets a second; 0 for flat out
    static Duty exchange(CountedPort port, SyntheticFrames frames, double rate) {
        Duty sink = sink(port);
        SourceWork source = new SourceWork(port, frames, rate, Long.MAX_VALUE, BURST, false);
        return new Duty() {
            @Override
            public int poll(boolean send) {
                return sink.poll(send) + (send ? source.poll() : 0);
            }

            @Override
            public void describe(ObjectNode report) {
                sink.describe(report);
            }

            @Override
            public void close() {
                sink.close();
                source.close();
            }
        };
    }

    /// Sends back what comes.
    static Duty reflect(CountedPort port) {
        Burst burst = new Burst(BURST);
        return send -> {
            int moved = 0;
            if (burst.isEmpty()) {
                moved = port.receive(burst);
            } else {
                port.port().poll();
            }
            return burst.isEmpty() ? moved : moved + port.send(burst);
        };
    }

    /// Sends the same frames flat out and copies out what comes: what a program cannot do without,
    /// and nothing more.
    static Duty flood(CountedPort port, int frameBytes) {
        return new Flood(port, frameBytes);
    }

    /// See [#flood].
    final class Flood implements Duty {
        private static final int STRIDE = 2048;

        private final CountedPort port;
        private final NativeBuffer out = new NativeBuffer((long) BURST * STRIDE);
        private final NativeBuffer in = new NativeBuffer((long) BURST * STRIDE);
        private final Burst sent = new Burst(BURST);
        private final Burst received = new Burst(BURST);

        private Flood(CountedPort port, int frameBytes) {
            this.port = port;
            for (int i = 0; i < BURST; i++) {
                sent.addresses[i] = out.address() + (long) i * STRIDE;
                sent.lengths[i] = frameBytes;
            }
        }

        @Override
        public int poll(boolean send) {
            final int count = port.receive(received);
            final long base = in.address();
            for (int i = 0; i < count; i++) {
                Memory.copyPacket(
                        received.addresses[i], base + (long) i * STRIDE, received.lengths[i]);
            }
            if (!send) {
                return count;
            }
            sent.from = 0;
            sent.to = BURST;
            return count + port.send(sent);
        }

        @Override
        public void close() {
            out.close();
            in.close();
        }
    }
}
