package org.skyway.vswitch.datapath;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.pipeline.DatapathAction;
import org.skyway.vswitch.port.DpdkrPort;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.Tables;

/// A datapath that the test polls by hand, with dpdkr ports whose VNF ends are in the test's hands.
public final class TestBed implements AutoCloseable {
    final Tables tables = new Tables();
    final List<byte[]> packetIns = new ArrayList<>();
    final List<FlowRule> learned = new ArrayList<>();
    final List<Integer> reasons = new ArrayList<>(); // of the packet-ins

    /// What went wrong.
    public final Faults faults = new Faults();

    Runnable onPacketIn = () -> {}; // what else happens then
    final Datapath datapath = new Datapath(1, tables, new Sink(), faults);
    final List<Vnf> vnfs = new ArrayList<>();
    private final long scratch;
    private final Region scratchRegion;

    /// A VNF's end of a port.
    public final class Vnf implements AutoCloseable {
        final DpdkrPort port;
        final Region region;
        final RingProducer tx;
        final RingConsumer rx;

        Vnf(int number) throws IOException {
            Path file =
                    Path.of("/dev/shm/skyway-test-" + ProcessHandle.current().pid() + "-" + number);
            RegionHeader header = RegionHeader.of(RegionHeader.PORT_MAGIC, number, 2048);
            region = Region.create(file, header.sizeBytes());
            region.unlink();
            long base = region.address();
            header.create(base);
            long room = header.sizeBytes() - header.secondRing();
            port = new DpdkrPort(number, 1);
            port.rings(
                    new DpdkrPort.Rings(
                            RingConsumer.attach(base + header.firstRing(), room, "from " + number),
                            RingProducer.attach(base + header.secondRing(), room, "to " + number),
                            region,
                            number));
            tx = RingProducer.attach(base + header.firstRing(), room, "tx " + number);
            rx = RingConsumer.attach(base + header.secondRing(), room, "rx " + number);
            tables.port(PortState.of(number, "p" + number, number));
            tables.publish();
            datapath.addPort(port);
        }

        /// Sends a frame to the switch.
        ///
        /// @param frame up to 4096 bytes
        public void send(byte[] frame) {
            Memory.copyFromArray(frame, 0, scratch, frame.length);
            if (tx.offer(new long[] {scratch}, new int[] {frame.length}, 0, 1) != 1) {
                throw new AssertionError("ring is full");
            }
        }

        /// What has come from the switch.
        ///
        /// @return the frames
        public List<byte[]> receive() {
            List<byte[]> frames = new ArrayList<>();
            long[] a = new long[32];
            int[] l = new int[32];
            for (int n = rx.peek(a, l, 0, 32); n > 0; n = rx.peek(a, l, 0, 32)) {
                for (int i = 0; i < n; i++) {
                    byte[] frame = new byte[l[i]];
                    Memory.copyToArray(a[i], frame, 0, l[i]);
                    frames.add(frame);
                }
                rx.release();
            }
            return frames;
        }

        @Override
        public void close() {
            region.close();
        }
    }

    /// A datapath with ports.
    ///
    /// @param ports how many; their numbers begin with 1
    /// @throws IOException if there is no room for their regions
    public TestBed(int ports) throws IOException {
        scratchRegion =
                Region.create(
                        Path.of("/dev/shm/skyway-test-" + ProcessHandle.current().pid() + "-s"),
                        4096);
        scratchRegion.unlink();
        scratch = scratchRegion.address();
        for (int i = 1; i <= ports; i++) {
            vnfs.add(new Vnf(i));
        }
    }

    long scratch() {
        return scratch;
    }

    /// A VNF.
    ///
    /// @param number of its port
    /// @return its end of the port
    public Vnf vnf(int number) {
        return vnfs.get(number - 1);
    }

    /// Makes an entry effective.
    ///
    /// @param rule what it is
    /// @return the entry
    public FlowEntry add(FlowRule rule) {
        FlowEntry entry = entry(rule);
        tables.put(entry);
        publish();
        return entry;
    }

    FlowEntry entry(FlowRule rule) {
        return new FlowEntry(rule, 0, 0, new FlowCounters(1));
    }

    long add(DatapathPort port) {
        int number = port.number();
        tables.port(PortState.of(number, "p" + number, number));
        return datapath.addPort(port);
    }

    /// Makes changes of the tables effective.
    void publish() {
        datapath.invalidate(tables.publish());
    }

    /// Polls until there is no more to do.
    public void poll() {
        while (datapath.pollOnce() > 0) {
            Thread.onSpinWait();
        }
    }

    private final class Sink implements UpcallSink {
        @Override
        public void packetIn(long packet, int length, DatapathAction.ToController action) {
            onPacketIn.run();
            byte[] frame = new byte[length];
            Memory.copyToArray(packet, frame, 0, length);
            packetIns.add(frame);
            reasons.add(action.reason());
        }

        @Override
        public void learned(DatapathAction.Learned rule) {
            learned.add(rule.rule());
            add(rule.rule());
        }
    }

    @Override
    public void close() {
        datapath.close();
        vnfs.forEach(Vnf::close);
        scratchRegion.close();
    }
}
