package org.skyway.vswitch.datapath;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.Mark;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;
import org.skyway.openflow.message.Meter;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.GroupText;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.counters.FlowBlock;
import org.skyway.vswitch.counters.SavedCounters;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.pipeline.DatapathAction;
import org.skyway.vswitch.port.DpdkrPort;
import org.skyway.vswitch.port.RingCursors;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.GroupState;
import org.skyway.vswitch.tables.MeterState;
import org.skyway.vswitch.tables.Tables;

/// A datapath whose counters are in a file and whose ports' regions can be copied, so that another
/// can go on from any moment of it.
final class KilledBed implements AutoCloseable {
    static final int PORTS = 5;
    private static final RegionHeader[] HEADERS = new RegionHeader[PORTS + 1];

    static {
        for (int p = 1; p <= PORTS; p++) {
            HEADERS[p] = RegionHeader.of(RegionHeader.PORT_MAGIC, 1000 + p, 512);
        }
    }

    private static final List<String> FLOWS =
            List.of(
                    "priority=1,in_port=1,actions=output:2",
                    "priority=9,in_port=2,udp,tp_dst=1,actions=output:3",
                    "priority=9,in_port=2,udp,tp_dst=2,actions=output:4",
                    "priority=9,in_port=2,udp,tp_dst=3,actions=output:4,mod_nw_dst:10.9.9.9,output:3",
                    "priority=9,in_port=2,udp,tp_dst=4,actions=group:1",
                    "priority=9,in_port=2,udp,tp_dst=5,actions=meter:1,output:3",
                    "priority=9,in_port=2,udp,tp_dst=6,actions=drop",
                    "priority=9,in_port=2,udp,tp_dst=7,actions=in_port",
                    "priority=9,in_port=2,udp,tp_dst=8,actions=resubmit(,3),output:1",
                    "table=3,priority=2,udp,actions=push_vlan:0x8100,mod_vlan_vid:7,output:4,output:5",
                    "priority=9,in_port=3,actions=output:5");

    final Tables tables = new Tables();
    final Faults faults = new Faults();
    final Datapath datapath;
    final CounterMemory memory;
    final List<FlowEntry> entries = new ArrayList<>();
    final GroupState group;
    final MeterState meter;
    final Region[] regions = new Region[PORTS + 1];
    final DpdkrPort[] ports = new DpdkrPort[PORTS + 1];
    final RingProducer[] senders = new RingProducer[PORTS + 1];
    private final RingConsumer[] receivers = new RingConsumer[PORTS + 1];
    private final int threads;

    /// Where everything that counts lies in its file.
    record Blocks(
            List<long[]> flows,
            List<long[]> groups,
            long[] meter,
            List<long[]> ports,
            long[] tables) {}

    /// @param before regions as they were; null for new ones
    KilledBed(CounterMemory memory, int threads, byte[] before) throws IOException {
        this.memory = memory;
        this.threads = threads;
        datapath = new Datapath(threads, tables, new Nobody(), faults, memory);
        Meter.Band band = new Meter.Band(1, Integer.MAX_VALUE, 0, 0);
        meter = new MeterState(new Meter(1, 4, List.of(band)), 0, 0, memory, threads);
        tables.meter(1, meter);
        group =
                new GroupState(
                        GroupText.parse("group_id=1,type=all,bucket=output:4,bucket=output:5"),
                        0,
                        () -> new FlowCounters(memory, threads));
        tables.group(1, group);
        for (String flow : FLOWS) {
            FlowEntry entry = entry(FlowText.parse(flow));
            entries.add(entry);
            tables.put(entry);
        }
        for (int p = 1; p <= PORTS; p++) {
            regions[p] = Region.scratch("port " + p, HEADERS[p].sizeBytes());
            if (before == null) {
                HEADERS[p].create(regions[p].address());
            } else {
                int size = (int) HEADERS[p].sizeBytes();
                Memory.copyFromArray(before, (p - 1) * size, regions[p].address(), size);
            }
            ports[p] = new DpdkrPort(p, threads, memory);
        }
    }

    FlowEntry entry(FlowRule rule) {
        return new FlowEntry(rule, 0, 0, new FlowCounters(memory, threads));
    }

    /// Adds the ports, with their regions as they are by now.
    void attach() throws IOException {
        for (int p = 1; p <= PORTS; p++) {
            RegionHeader h = HEADERS[p];
            long base = regions[p].address();
            long first = base + h.firstRing();
            long second = base + h.secondRing();
            ports[p].rings(
                    new DpdkrPort.Rings(
                            RingConsumer.known(first, h.cells(), h.maxFrame(), "from " + p),
                            RingProducer.known(second, h.cells(), h.maxFrame(), "to " + p),
                            regions[p],
                            h.id()));
            senders[p] = RingProducer.known(first, h.cells(), h.maxFrame(), "VNF " + p);
            receivers[p] = RingConsumer.known(second, h.cells(), h.maxFrame(), "VNF " + p);
            tables.port(PortState.of(p, "p" + p, p));
        }
        for (int p = 1; p <= PORTS; p++) {
            ports[p].addRoute(new MarkRoute(7, ports[p % PORTS + 1], 3));
            datapath.addPort(ports[p]);
        }
        datapath.invalidate(tables.publish());
    }

    byte[] copyOfRegions() {
        int size = (int) HEADERS[1].sizeBytes();
        byte[] copy = new byte[PORTS * size];
        for (int p = 1; p <= PORTS; p++) {
            Memory.copyToArray(regions[p].address(), copy, (p - 1) * size, size);
        }
        return copy;
    }

    Blocks blocks() {
        List<long[]> flows = new ArrayList<>();
        entries.forEach(e -> flows.add(block(e.counters())));
        List<long[]> groups =
                List.of(
                        block(group.counters()),
                        block(group.counters(0)),
                        block(group.counters(1)));
        List<long[]> all = new ArrayList<>();
        for (int p = 1; p <= PORTS; p++) {
            Traffic t = ports[p].traffic();
            all.add(new long[] {t.block(), t.tag()});
        }
        TableCounters t = datapath.tableCounters();
        return new Blocks(
                flows,
                groups,
                new long[] {meter.block(), meter.tag()},
                all,
                new long[] {t.block(), t.tag()});
    }

    private static long[] block(FlowCounters of) {
        return new long[] {of.block(), of.tag()};
    }

    /// Goes on from another that was killed. Before [#attach].
    void resume(SavedCounters saved, Blocks b) {
        for (int i = 0; i < entries.size(); i++) {
            entries.get(i).counters().resume(sums(saved, b.flows().get(i)));
        }
        group.resume(b.groups().stream().map(g -> sums(saved, g)).toList());
        meter.resume(saved, (int) b.meter()[0], b.meter()[1], threads);
        for (int p = 1; p <= PORTS; p++) {
            long[] at = b.ports().get(p - 1);
            ports[p].traffic().resume(saved, (int) at[0], at[1], threads);
            RingCursors.show(saved.cursors(), regions[p].address(), HEADERS[p]);
        }
        datapath.tableCounters().resume(saved, (int) b.tables()[0], b.tables()[1], threads);
    }

    private FlowBlock.Sums sums(SavedCounters saved, long[] block) {
        return FlowBlock.read(saved, (int) block[0], block[1], threads);
    }

    /// Receives at a VNF.
    ///
    /// @return packets
    int take(int port) {
        int n = receivers[port].peek(new long[32], new int[32], 0, 32);
        receivers[port].release();
        return n;
    }

    void poll() {
        while (datapath.pollOnce() > 0) {
            Thread.onSpinWait();
        }
    }

    /// All that can be seen from outside: counters, and what lies in rings.
    Map<String, Object> seen() {
        Map<String, Object> all = new LinkedHashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            FlowCounters c = entries.get(i).counters();
            all.put(FLOWS.get(i), c.packets() + "/" + c.bytes());
        }
        for (int bucket = -1; bucket < 2; bucket++) {
            FlowCounters c = bucket < 0 ? group.counters() : group.counters(bucket);
            all.put("group, bucket " + bucket, c.packets() + "/" + c.bytes());
        }
        all.put("meter", meter.packets() + "/" + meter.bytes());
        for (int t = 0; t < 5; t++) {
            TableCounters c = datapath.tableCounters();
            all.put("table " + t, c.lookups(t) + "/" + c.matches(t));
        }
        for (int p = 1; p <= PORTS; p++) {
            for (int c = 0; c <= Traffic.STRAY_MARKS; c++) {
                all.put("port " + p + " counter " + c, ports[p].traffic().sum(c));
            }
            inRing(p, all);
            all.put("left of " + p, senders[p].usedCells());
        }
        all.put("faults", faults.total());
        return all;
    }

    // By the port that it came from, which a frame's first byte says: between ports there is no
    // order.
    private void inRing(int port, Map<String, Object> seen) {
        RegionHeader h = HEADERS[port];
        long base = regions[port].address() + h.secondRing();
        RingConsumer ring = RingConsumer.known(base, h.cells(), h.maxFrame(), "VNF " + port);
        List<List<String>> from = new ArrayList<>();
        for (int p = 0; p <= PORTS; p++) {
            from.add(new ArrayList<>());
        }
        long[] a = new long[32];
        int[] l = new int[32];
        int n;
        do {
            n = ring.peek(a, l, 0, 32);
            for (int i = 0; i < n; i++) {
                byte[] frame = new byte[l[i]];
                Memory.copyToArray(a[i], frame, 0, l[i]);
                from.get(frame[0]).add(HexFormat.of().formatHex(frame));
            }
            long mark = ring.mark();
            if (mark != 0) {
                from.get(port == 1 ? PORTS : port - 1).add("mark of " + Mark.epoch(mark));
                ring.passMark();
                n++;
            }
        } while (n > 0);
        for (int p = 1; p <= PORTS; p++) {
            seen.put("sent from %d to %d".formatted(p, port), from.get(p));
        }
        seen.put("fault of ring to " + port, String.valueOf(ring.fault()));
    }

    private static final class Nobody implements UpcallSink {
        @Override
        public void packetIn(long packet, int length, DatapathAction.ToController action) {
            throw new AssertionError("no rule sends anything to a controller");
        }

        @Override
        public void learned(DatapathAction.Learned rule) {
            throw new AssertionError("no rule learns");
        }
    }

    @Override
    public void close() {
        datapath.close();
        for (int p = 1; p <= PORTS; p++) {
            regions[p].close();
        }
    }
}
