package org.skyway.pmd.port;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.ivshmem.region.Region;

/// A port that leaves its region for another while it has a link, as when the switch or the agent
/// of a guest was started anew.
@Timeout(30)
class DpdkrPortMoveTest extends LinkedPorts {
    private static final int EPOCH = 4;
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    @Test
    void whatComesOnALinkIsReceivedWithoutARegion() throws Exception {
        bypass();
        sender.send(1, 3);
        assertArrayEquals(new long[] {1, 2, 3}, receiver.receive(32));
        // A forwarder whose other port takes nothing now keeps what it holds, and only polls.
        during(this::park, () -> receiver.port.poll());
        sender.send(4, 2);
        assertArrayEquals(new long[] {4, 5}, receiver.receive(32));
    }

    @Test
    void aPortThatHeldPacketsOfALinkWhenItLeftGetsItsNextRegion() throws Exception {
        bypass();
        sender.send(1, 3);
        assertEquals(3, receiver.receive(32).length);
        during(this::park, () -> receiver.port.poll());
        try (Region next = next()) {
            during(() -> move(next), () -> receiver.receive(32));
            assertEquals(0, receiver.receive(32).length);
        }
    }

    private void bypass() {
        toBypass(EPOCH);
        sender.port.poll();
        startReading(EPOCH);
        assertEquals(0, receiver.receive(32).length);
    }

    private Void park() throws Exception {
        receiver.port.park();
        return null;
    }

    private Region next() throws Exception {
        RegionHeader header = RegionHeader.of(RegionHeader.PORT_MAGIC, 9, CELLS);
        Region region = Region.create(dir.resolve("next.region"), header.sizeBytes());
        header.create(region.address());
        return region;
    }

    private Void move(Region next) throws Exception {
        receiver.port.move(Region.open(next.path(), next.sizeBytes()));
        return null;
    }

    private static void during(Callable<Void> change, Runnable data) throws Exception {
        FutureTask<Void> task = new FutureTask<>(change);
        Thread.ofPlatform().daemon().start(task);
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!task.isDone()) {
            assertTrue(System.nanoTime() - end < 0, "the port does not do it");
            data.run();
            Thread.yield();
        }
        task.get();
    }
}
