package org.skyway.experiments.caches;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.ThreadClock;
import org.skyway.ivshmem.region.Region;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.datapath.CacheStatistics;
import org.skyway.vswitch.datapath.Datapath;
import org.skyway.vswitch.datapath.UpcallSink;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.pipeline.DatapathAction;
import org.skyway.vswitch.port.DpdkrPort;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.Tables;

/// Skyway's datapath in this process, with three dpdkr ports. The calling thread is at once the
/// VNFs and the ofproto thread.
final class SkywaySubject implements Subject {
    private static final int BURST = 32;
    private static final int PORTS = 3;
    private static final int CELLS = 4096;

    private final Tables tables = new Tables();
    private final Faults faults = new Faults();
    private final Datapath datapath = new Datapath(1, tables, new Nothing(), faults);
    private final List<Region> regions = new ArrayList<>();
    private final List<RingProducer> senders = new ArrayList<>();
    private final List<RingConsumer> receivers = new ArrayList<>();
    private final Region packets;
    private final boolean learning;
    private final int rate;
    private final long[] addresses = new long[BURST];
    private final int[] lengths = new int[BURST];
    private final long[] got = new long[BURST];
    private final int[] gotLengths = new int[BURST];
    private final List<FlowEntry> others = new ArrayList<>(); // entries that come and go
    private int next; // flow
    private int changes;
    private long ticket = -1;
    private final ThreadClock clock;

    /// Nothing goes to controllers here.
    private static final class Nothing implements UpcallSink {
        @Override
        public void packetIn(long packet, int length, DatapathAction.ToController action) {
            throw new IllegalStateException("no rule sends anything there");
        }

        @Override
        public void learned(DatapathAction.Learned learned) {
            throw new IllegalStateException("no rule learns");
        }
    }

    /// @param learning whether the rule is NORMAL, and the changes are new addresses; else there is
    ///   a rule for each flow, and the changes are flow-mods
    /// @param rate packets a second; 0 for as many as go through
    SkywaySubject(boolean learning, int rate) {
        this.learning = learning;
        this.rate = rate;
        try {
            for (int port = 1; port <= PORTS; port++) {
                addPort(port);
            }
            packets = region("packets", 1 << 20);
        } catch (IOException e) {
            throw new ExperimentException("no room for regions in /dev/shm: " + e, e);
        }
        for (int flow = 0; flow < CacheFrames.FLOWS; flow++) {
            if (learning) {
                CacheFrames.ethernet(packet(flow), flow);
            } else {
                CacheFrames.udp(packet(flow), flow);
                tables.put(entry(OvsSubject.flow(10, flow)));
            }
        }
        if (learning) {
            tables.put(entry("priority=0,actions=NORMAL"));
        }
        Arrays.fill(lengths, CacheFrames.BYTES);
        datapath.start(List.of(0));
        clock = ThreadClock.of(ProcessHandle.current().pid(), "poll-0");
        publish();
        if (learning) {
            for (int flow = 0; flow < 100; flow++) {
                long at = packet(CacheFrames.FLOWS);
                CacheFrames.answer(at, flow);
                send(2, at);
            }
        }
    }

    private void addPort(int number) throws IOException {
        RegionHeader header = RegionHeader.of(RegionHeader.PORT_MAGIC, number, CELLS);
        Region region = region("port" + number, header.sizeBytes());
        header.create(region.address());
        long first = region.address() + header.firstRing();
        long second = region.address() + header.secondRing();
        long room = header.sizeBytes() - header.secondRing();
        DpdkrPort port = new DpdkrPort(number, 1);
        port.rings(
                new DpdkrPort.Rings(
                        RingConsumer.attach(first, room, "from " + number),
                        RingProducer.attach(second, room, "to " + number),
                        region,
                        number));
        senders.add(RingProducer.attach(first, room, "tx " + number));
        receivers.add(RingConsumer.attach(second, room, "rx " + number));
        tables.port(PortState.of(number, "p" + number, number));
        datapath.addPort(port);
    }

    private Region region(String name, long bytes) throws IOException {
        String file = "/dev/shm/skyway-caches-" + ProcessHandle.current().pid() + "-" + name;
        Region region = Region.create(Path.of(file), bytes);
        region.unlink();
        regions.add(region);
        return region;
    }

    private long packet(int flow) {
        return packets.address() + (long) flow * CacheFrames.BYTES;
    }

    private static FlowEntry entry(String flow) {
        return new FlowEntry(FlowText.parse(flow), 0, 0, new FlowCounters(1));
    }

    private void publish() {
        ticket = datapath.invalidate(tables.publish());
    }

    @Override
    public String name() {
        return "Skyway";
    }

    @Override
    public Reading run(double seconds, boolean disturbed) {
        CacheStatistics before = datapath.cacheStatistics().getFirst();
        long cpu = clock.nanos();
        long begin = System.nanoTime();
        long end = begin + (long) (seconds * 1e9);
        long perChange = learning ? 10_000_000 : 1_000_000;
        long nextChange = begin;
        long nextBurst = begin;
        for (long now = begin; now < end; now = System.nanoTime()) {
            if (now >= nextBurst) {
                nextBurst += rate == 0 ? 0 : BURST * 1_000_000_000L / rate;
                burst();
            }
            if (disturbed && now >= nextChange) {
                nextChange += perChange;
                change();
            }
            for (RingConsumer receiver : receivers) {
                while (receiver.peek(got, gotLengths, 0, BURST) > 0) {
                    receiver.release();
                }
            }
            if (rate != 0) {
                LockSupport.parkNanos(20_000);
            }
        }
        CacheStatistics after = datapath.cacheStatistics().getFirst();
        double busy = after.busyNanos() - before.busyNanos();
        double nanos = (clock.nanos() - cpu) * busy / (System.nanoTime() - begin);
        if (faults.total() > 0) {
            throw new ExperimentException("faults: " + faults.list());
        }
        return new Reading(
                after.packets() - before.packets(), after.misses() - before.misses(), nanos);
    }

    // What found no room comes again, so that no flow is left out for long.
    private void burst() {
        for (int i = 0; i < BURST; i++) {
            addresses[i] = packet((next + i) % CacheFrames.FLOWS);
        }
        next = (next + senders.getFirst().offer(addresses, lengths, 0, BURST)) % CacheFrames.FLOWS;
    }

    private void send(int port, long packet) {
        addresses[0] = packet;
        while (senders.get(port - 1).offer(addresses, lengths, 0, 1) == 0) {
            LockSupport.parkNanos(20_000);
        }
    }

    // Of a thousand entries that nobody meets one is added, or one taken away again.
    private void change() {
        int which = changes++;
        if (learning) {
            long at = packet(CacheFrames.FLOWS);
            CacheFrames.stranger(at, which);
            send(3, at);
            return;
        }
        if (which % 2000 < 1000) {
            FlowEntry entry = entry(OvsSubject.flow(172, which % 1000));
            others.add(entry);
            tables.put(entry);
        } else {
            tables.remove(others.removeLast());
        }
        boolean settled = datapath.isSettled(ticket);
        publish();
        if (settled) {
            tables.reclaim(tables.version() - 1);
        }
    }

    @Override
    public void close() {
        datapath.close();
        regions.forEach(Region::close);
    }
}
