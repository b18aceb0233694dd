package org.skyway.pmd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.control.ControlMessage;
import org.skyway.bypass.control.ControlMessage.Attach;
import org.skyway.bypass.control.ControlMessage.Done;
import org.skyway.bypass.control.ControlMessage.Failed;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.ivshmem.region.IvshmemDevices;
import org.skyway.ivshmem.region.Region;

/// Devices show up in a directory that is laid out like that of sysfs.
@Timeout(30)
class PendingLinksTest {
    private static final int CELLS = 512;
    private static final byte[] IVSHMEM = {(byte) 0xf4, 0x1a, 0x10, 0x11, 2, 0};

    @TempDir Path sysfs;
    private final BlockingQueue<ControlMessage> answers = new LinkedBlockingQueue<>();
    private final CountDownLatch mayAttach = new CountDownLatch(1);
    private final CountDownLatch attaching = new CountDownLatch(1);
    private PendingLinks pending;

    @BeforeEach
    void nothingIsPending() {
        mayAttach.countDown();
        pending = links(Duration.ofSeconds(20), mayAttach);
    }

    @AfterEach
    void end() throws Exception {
        pending.stop();
    }

    @Test
    void aLinkIsAttachedWhenItsDeviceShowsUp() throws Exception {
        pending.add(attach(1, 0, 7));
        pending.add(attach(2, 1, 8));
        plug("0000:00:05.0", 8);
        assertEquals(2, assertInstanceOf(Done.class, answers.take()).id());
        plug("0000:00:06.0", 7);
        assertEquals(1, assertInstanceOf(Done.class, answers.take()).id());
    }

    @Test
    void whatWasCalledOffIsNotAttachedLater() throws Exception {
        pending.add(attach(1, 0, 7));
        assertEquals(List.of(attach(1, 0, 7)), pending.callOff(0));
        plug("0000:00:05.0", 7);
        pending.add(attach(2, 1, 8));
        plug("0000:00:06.0", 8);
        assertEquals(2, assertInstanceOf(Done.class, answers.take()).id());
        assertTrue(answers.isEmpty());
    }

    @Test
    void callingOffWaitsForWhatIsBeingAttached() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        PendingLinks slow = links(Duration.ofSeconds(20), gate);
        slow.add(attach(1, 0, 7));
        plug("0000:00:05.0", 7);
        attaching.await();
        Thread.ofVirtual().start(gate::countDown);
        assertEquals(List.of(), slow.callOff(0));
        assertEquals(1, assertInstanceOf(Done.class, answers.take()).id());
        slow.stop();
    }

    @Test
    void aDeviceThatNeverComesIsSaidSo() throws Exception {
        PendingLinks hasty = links(Duration.ofMillis(20), mayAttach);
        hasty.add(attach(1, 0, 7));
        Failed failed = assertInstanceOf(Failed.class, answers.take());
        assertEquals(1, failed.id());
        assertTrue(failed.reason().contains("no ivshmem device has region 7"), failed::reason);
        hasty.stop();
    }

    @Test
    void aSizeThatNoDeviceCanHaveIsSaidSo() throws Exception {
        Path device = Files.createDirectory(sysfs.resolve("0000:00:05.0"));
        Files.write(device.resolve("config"), IVSHMEM);
        Files.write(device.resolve("resource2"), new byte[12288]);
        pending.add(new Attach(1, 0, new RegionRef(7, 12288, null), true, "a<->b"));
        Failed failed = assertInstanceOf(Failed.class, answers.take());
        assertTrue(failed.reason().contains("power of two"), failed::reason);
    }

    private PendingLinks links(Duration timeout, CountDownLatch gate) {
        System.setProperty(IvshmemDevices.DIRECTORY_PROPERTY, sysfs.toString());
        try {
            return new PendingLinks(
                    "vnf1", IvshmemDevices.ofThisMachine(), timeout, new Answers(gate));
        } finally {
            System.clearProperty(IvshmemDevices.DIRECTORY_PROPERTY);
        }
    }

    private static Attach attach(long id, int slot, long regionId) {
        long size = RegionHeader.of(RegionHeader.LINK_MAGIC, regionId, CELLS).sizeBytes();
        return new Attach(id, slot, new RegionRef(regionId, size, null), true, "a<->b");
    }

    private void plug(String address, long regionId) throws IOException {
        Path device = Files.createDirectory(sysfs.resolve(address));
        Files.write(device.resolve("config"), IVSHMEM);
        RegionHeader header = RegionHeader.of(RegionHeader.LINK_MAGIC, regionId, CELLS);
        Path fresh = device.resolve("fresh");
        try (Region region = Region.create(fresh, header.sizeBytes())) {
            header.create(region.address());
        }
        Files.move(fresh, device.resolve("resource2"), StandardCopyOption.ATOMIC_MOVE);
    }

    private final class Answers implements PendingLinks.Sink {
        private final CountDownLatch gate;

        Answers(CountDownLatch gate) {
            this.gate = gate;
        }

        @Override
        public ControlMessage found(Attach attach, Region region) throws InterruptedException {
            attaching.countDown();
            gate.await();
            region.close();
            return new Done(attach.id());
        }

        @Override
        public void answer(ControlMessage message) {
            answers.add(message);
        }
    }
}
