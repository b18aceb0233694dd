package org.skyway.vswitch.datapath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.ivshmem.region.Memory;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.pipeline.DatapathAction;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.Tables;

/// A port goes from one poll thread to another and back while packets come from it: each goes out
/// once, in order.
@Timeout(120)
class MovedPortStressTest {
    private static final int BURST = 7;

    private static final class Numbers extends DatapathPort {
        private final Arena arena = Arena.ofAuto();
        private final long packets = arena.allocate(64 * BURST, 64).address();
        private final boolean sends;
        private long next; // of whichever thread polls the port
        volatile long taken;
        volatile String wrong;

        Numbers(int number, boolean sends) {
            super(number, 2);
            this.sends = sends;
        }

        @Override
        protected int rxBurst(long[] addresses, int[] lengths, int max) {
            if (!sends) {
                return 0;
            }
            for (int i = 0; i < BURST; i++) {
                addresses[i] = packets + 64L * i;
                lengths[i] = 60;
                Memory.putLong(addresses[i], next++);
            }
            return BURST;
        }

        @Override
        protected void rxRelease() {}

        @Override
        protected int txBurst(long[] addresses, int[] lengths, int from, int count) {
            for (int i = from; i < from + count; i++) {
                long number = Memory.getLong(addresses[i]);
                if (number != taken && wrong == null) {
                    wrong = "packet " + number + " instead of " + taken;
                }
                taken = number + 1;
            }
            return count;
        }
    }

    private static final class NoUpcalls implements UpcallSink {
        @Override
        public void packetIn(long packet, int length, DatapathAction.ToController action) {}

        @Override
        public void learned(DatapathAction.Learned rule) {}
    }

    @Test
    void nothingIsLostDoubledOrOvertaken() {
        Tables tables = new Tables();
        Faults faults = new Faults();
        Datapath datapath = new Datapath(2, tables, new NoUpcalls(), faults);
        Numbers source = new Numbers(1, true);
        Numbers sink = new Numbers(2, false);
        try (datapath) {
            for (DatapathPort port : List.of(source, sink)) {
                int n = port.number();
                tables.port(PortState.of(n, "p" + n, n));
            }
            tables.put(
                    new FlowEntry(
                            FlowText.parse("in_port=1,actions=output:2"),
                            0,
                            0,
                            new FlowCounters(2)));
            datapath.invalidate(tables.publish());
            datapath.start(List.of());
            datapath.addPort(sink);
            datapath.addPort(source);
            for (int move = 0; move < 400; move++) {
                long before = sink.taken;
                int thread = datapath.threadOf(source);
                long ticket = datapath.stopReceiving(source);
                while (!datapath.isSettled(ticket)) {
                    Thread.yield();
                }
                datapath.receiveOn(1 - thread, source);
                assertEquals(1 - thread, datapath.threadOf(source));
                while (sink.taken == before) {
                    Thread.yield();
                }
            }
            // One that is removed while it moves is polled by nobody any more.
            long ticket = datapath.stopReceiving(source);
            datapath.await(ticket, 60_000_000_000L);
            datapath.await(datapath.removePort(source), 60_000_000_000L);
            long last = sink.taken;
            datapath.receiveOn(0, source);
            datapath.await(datapath.ticket(), 60_000_000_000L);
            assertEquals(last, sink.taken);
        }
        assertEquals(null, sink.wrong);
        assertTrue(sink.taken > 400 * BURST);
        assertEquals(0, faults.total());
    }
}
