package org.skyway.pmd.port;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.channel.StatisticsBlock;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;

/// A port on a region of its own: the driver's side, and the switch's side with the ends that the
/// switch has.
final class PortRig implements AutoCloseable {
    final String name;
    final Region region;
    final PmdPort port;
    final ControlBlock control;
    final StatisticsBlock statistics;
    final RingConsumer fromVnf;
    final RingProducer toVnf;

    // Packets to send are made in a region, because that is memory with an address.
    private final Region scratch;
    private final long[] addresses = new long[64];
    private final int[] lengths = new int[64];

    PortRig(Path directory, String name, int cells) throws IOException {
        this.name = name;
        RegionHeader header = RegionHeader.of(RegionHeader.PORT_MAGIC, 1, cells);
        Path file = directory.resolve(name + ".region");
        region = Region.create(file, header.sizeBytes());
        header.create(region.address());
        port = PmdPort.open(Region.open(file, header.sizeBytes()), name);
        control = new ControlBlock(region.address());
        statistics = new StatisticsBlock(region.address());
        long base = region.address();
        fromVnf =
                RingConsumer.attach(
                        base + header.firstRing(),
                        region.sizeBytes() - header.firstRing(),
                        name + "/switch-in");
        toVnf =
                RingProducer.attach(
                        base + header.secondRing(),
                        region.sizeBytes() - header.secondRing(),
                        name + "/switch-out");
        scratch = Region.create(directory.resolve(name + ".scratch"), 64 * 2048);
    }

    static Region createLink(Path directory, String name, int cells) throws IOException {
        RegionHeader header = RegionHeader.of(RegionHeader.LINK_MAGIC, 2, cells);
        Region region = Region.create(directory.resolve(name + ".region"), header.sizeBytes());
        header.create(region.address());
        return region;
    }

    /// Attaches while this thread polls, as if it were the data thread.
    void attach(int slot, Region link, boolean sideA) throws Exception {
        var task =
                new FutureTask<Void>(() -> {
                    port.attach(
                            slot,
                            Region.open(link.path(), link.sizeBytes()),
                            sideA,
                            "link-" + slot);
                    return null;
                });
        runWhilePolling(task);
    }

    void detach(int slot) throws Exception {
        var task =
                new FutureTask<Void>(() -> {
                    port.detach(slot);
                    return null;
                });
        runWhilePolling(task);
    }

    private void runWhilePolling(FutureTask<Void> task) throws Exception {
        Thread.ofPlatform().daemon().start(task);
        while (!task.isDone()) {
            port.poll();
            Thread.yield();
        }
        try {
            task.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /// Sends numbered packets as the VNF.
    int send(long firstNumber, int count) {
        for (int i = 0; i < count; i++) {
            addresses[i] = scratch.address() + 2048L * i;
            lengths[i] = 64;
            Memory.putLong(addresses[i], firstNumber + i);
        }
        return port.txBurst(addresses, lengths, 0, count);
    }

    /// Receives as the VNF.
    ///
    /// @return the packets' numbers
    long[] receive(int max) {
        int count = port.rxBurst(addresses, lengths, 0, max);
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = Memory.getLong(addresses[i]);
        }
        return numbers;
    }

    /// Sends a numbered packet as the switch.
    boolean deliver(long number) {
        addresses[0] = scratch.address();
        lengths[0] = 64;
        Memory.putLong(addresses[0], number);
        return toVnf.offer(addresses, lengths, 0, 1) == 1;
    }

    /// Takes what the VNF sent to the switch, up to the next mark.
    long[] taken() {
        int count = fromVnf.peek(addresses, lengths, 0, 64);
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = Memory.getLong(addresses[i]);
        }
        fromVnf.release();
        return numbers;
    }

    /// Takes a mark that the VNF sent to the switch.
    ///
    /// @return the mark, or 0 if none is next
    long takenMark() {
        if (fromVnf.peek(addresses, lengths, 0, 64) != 0) {
            throw new AssertionError("packets come before the mark");
        }
        long mark = fromVnf.mark();
        if (mark != 0) {
            fromVnf.takeMark();
        }
        return mark;
    }

    @Override
    public void close() {
        port.close();
        region.close();
        scratch.close();
    }
}
