package org.skyway.agent.process;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.skyway.agent.Agent;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.ControlBlock.Mode;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.Mark;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Region;

/// As much of a switch as it takes to run VNF programs against real drivers: each port is wired to
/// another one, and pairs of ports can be linked directly. Loses nothing.
@SuppressWarnings("try") // joining a thread may be interrupted
final class TestDatapath implements AutoCloseable {
    private static final int BURST = 32;

    private final Map<String, Port> ports = new HashMap<>();
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this::run, "test-datapath");
    private volatile boolean running = true;
    private volatile Throwable failure;
    private int epoch;

    /// @param wires pairs of ports, like "a-b"; packets go both ways
    TestDatapath(TestHost host, String... wires) throws IOException {
        for (String wire : wires) {
            String[] ends = wire.split("-");
            Port a = new Port(host.region(ends[0]));
            Port b = new Port(host.region(ends[1]));
            a.target = b;
            b.target = a;
            ports.put(ends[0], a);
            ports.put(ends[1], b);
        }
        thread.start();
    }

    /// Attaches a link to both ports of a wire.
    void plug(Agent agent, String a, int slotA, String b, int slotB, Region region)
            throws Exception {
        links.add(new Link(ports.get(a), slotA, ports.get(b), slotB));
        links.add(new Link(ports.get(b), slotB, ports.get(a), slotA));
        var first = agent.attach(a, slotA, TestHost.ref(region), true, a + "-" + b);
        var second = agent.attach(b, slotB, TestHost.ref(region), false, a + "-" + b);
        first.toCompletableFuture().get(20, TimeUnit.SECONDS);
        second.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    void bypassAll() {
        for (Link link : links) {
            link.epoch = ++epoch;
            obey(link.from, ControlBlock.command(Mode.BYPASS, link.fromSlot, epoch));
        }
    }

    void normalAll() {
        for (Link link : links) {
            obey(link.from, ControlBlock.command(Mode.NORMAL, link.fromSlot, ++epoch));
            await(() -> link.to.control.ended(link.toSlot) == link.epoch);
        }
    }

    /// Packets that the switch itself has forwarded from a port.
    long forwarded(String port) {
        return ports.get(port).forwarded;
    }

    @Override
    public void close() throws InterruptedException {
        running = false;
        thread.join();
        if (failure != null) {
            throw new AssertionError(failure);
        }
    }

    private void obey(Port port, long command) {
        port.control.command(command);
        await(() -> port.control.obeyed() == command);
    }

    private void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertTrue(failure == null && System.nanoTime() - end < 0, "a driver does not obey");
            Thread.yield();
        }
    }

    private void run() {
        try {
            List<Port> all = new ArrayList<>(ports.values());
            while (running) {
                int moved = 0;
                for (Port port : all) {
                    moved += port.forward();
                }
                if (moved == 0) {
                    Thread.yield();
                }
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    private static final class Link {
        final Port from;
        final int fromSlot;
        final Port to;
        final int toSlot;
        int epoch;

        Link(Port from, int fromSlot, Port to, int toSlot) {
            this.from = from;
            this.fromSlot = fromSlot;
            this.to = to;
            this.toSlot = toSlot;
        }
    }

    private final class Port {
        final ControlBlock control;
        Port target;
        volatile long forwarded;
        private final RingConsumer in;
        private final RingProducer out;
        private final long[] addresses = new long[BURST];
        private final int[] lengths = new int[BURST];
        private int at;
        private int count;

        Port(Region region) throws IOException {
            long base = region.address();
            long size = region.sizeBytes();
            RegionHeader header =
                    RegionHeader.read(base, size, RegionHeader.PORT_MAGIC, "test port");
            control = new ControlBlock(base);
            in = RingConsumer.attach(base + header.firstRing(), size - header.firstRing(), "in");
            out =
                    RingProducer.attach(
                            base + header.secondRing(), size - header.secondRing(), "out");
        }

        int forward() {
            if (at == count) {
                in.release();
                at = 0;
                count = in.peek(addresses, lengths, 0, BURST);
                if (count == 0 && in.mark() != 0) {
                    if (target.out.mark(translate(in.mark()))) {
                        in.takeMark();
                    }
                    return 1;
                }
            }
            int sent = target.out.offer(addresses, lengths, at, count - at);
            at += sent;
            forwarded += sent;
            return sent;
        }

        private long translate(long mark) {
            Mark.Kind kind =
                    Mark.is(mark, Mark.Kind.TO_BYPASS) ? Mark.Kind.TO_BYPASS : Mark.Kind.TO_NORMAL;
            for (Link link : links) {
                if (link.from == this && link.fromSlot == Mark.slot(mark)) {
                    return Mark.of(kind, link.toSlot, Mark.epoch(mark));
                }
            }
            throw new AssertionError("mark 0x%x is of no link".formatted(mark));
        }
    }
}
