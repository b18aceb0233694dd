package org.skyway.ivshmem.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.ivshmem.region.Memory;

class ForeignMemoryTest {
    @TempDir Path dir;

    private static Descriptor opened(Path path) {
        return Descriptor.owning(TestCalls.open(path.toString(), TestCalls.O_RDWR));
    }

    private static String refused(Descriptor d, long bytes) {
        IOException e =
                assertThrows(IOException.class, () -> ForeignMemory.map("region 0", d, bytes));
        assertTrue(d.isClosed(), "what was refused is closed");
        return e.getMessage();
    }

    @Test
    void behindItsEndThereIsAPageToReadOver() throws IOException {
        for (long bytes : new long[] {4096, 4097, 8191, 12288, 4227328}) {
            try (ForeignMemory m = ForeignMemory.map("m", Descriptor.memory("m", bytes), bytes)) {
                Memory.putByte(m.address() + bytes - 1, 7);
                long sum = 0;
                for (long at = m.address() + bytes - 64; at < m.address() + bytes + 64; at += 8) {
                    sum += Memory.getLong(at);
                }
                assertEquals(7L << 56, sum);
                assertTrue(m.isSealed() && m.isWhole());
            }
        }
    }

    @Test
    void whatIsShorterThanAnnouncedIsRefused() throws IOException {
        assertEquals(
                "region 0 was announced with 8193 bytes, but its memory has 8192",
                refused(Descriptor.memory("m", 8192), 8193));
        refused(Descriptor.memory("m", 8192), 0);
        refused(Descriptor.memory("m", 8192), -1);
        refused(Descriptor.memory("m", 8192), Long.MAX_VALUE);
        refused(Descriptor.memory("m", 8192), Long.MIN_VALUE);
    }

    @Test
    void whatIsNoMemoryIsRefused() throws IOException {
        assertTrue(refused(EventDescriptor.create().descriptor(), 8).contains("is no memory"));
        Path socket = dir.resolve("s");
        assertTrue(
                refused(UnixSocket.bind(socket, UnixSocket.Kind.STREAM).descriptor(), 4096)
                        .contains("is no memory"));
        Path zero = Path.of("/dev/zero");
        assertTrue(refused(opened(zero), 4096).contains("/dev/zero"));
        IOException e =
                assertThrows(
                        IOException.class, () -> EventDescriptor.of(Descriptor.memory("m", 4096)));
        assertTrue(e.getMessage().contains("has to be an eventfd"), e.getMessage());
    }

    @Test
    void whatIsCutShortCanBeDoneWithout() throws IOException {
        Path shm = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(shm), "/dev/shm is missing");
        Path path = Files.createTempFile(shm, "skyway-test", null);
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            file.write(java.nio.ByteBuffer.allocate(16384));
            try (ForeignMemory m = ForeignMemory.map("m", opened(path), 16384)) {
                assertFalse(m.isSealed());
                assertTrue(m.isWhole());
                Memory.putLong(m.address() + 8192, 1);
                file.truncate(4096);
                assertFalse(m.isWhole());
                m.isolate();
                Memory.putLong(m.address() + 8192, 2);
                assertEquals(2, Memory.getLong(m.address() + 8192));
                m.isolate();
                assertEquals(0, Memory.getLong(m.address() + 16384 - 8));
            }
        } finally {
            Files.delete(path);
        }
    }

    @Test
    void nobodyMissesAnEventBecauseSomebodyLooked() throws IOException {
        try (EventDescriptor event = EventDescriptor.create()) {
            assertFalse(event.release());
            assertFalse(event.drain());
            event.signal();
            event.signal();
            assertFalse(event.release());
            assertTrue(event.drain());
            assertFalse(event.drain());
        }
    }

    @Test
    void aSignalThatWaitsIsReleased() throws Exception {
        EventDescriptor mine = EventDescriptor.create();
        int copy = UnixCalls.fcntl(mine.descriptor().number(), 1030 /* F_DUPFD_CLOEXEC */, 0);
        try (EventDescriptor received = EventDescriptor.of(Descriptor.owning(copy))) {
            // What a hostile one would do: blocking, and nearly full.
            UnixCalls.fcntl(mine.descriptor().number(), 4 /* F_SETFL */, 0);
            byte[] nearlyFull = {-2, -1, -1, -1, -1, -1, -1, -1};
            assertEquals(8, TestCalls.write(mine.descriptor().number(), nearlyFull));
            Thread stuck = Thread.ofPlatform().start(received::signal);
            while (!received.isStuck()) {
                Thread.onSpinWait();
            }
            // It may only be about to call; then it waits now.
            while (stuck.isAlive()) {
                received.release();
                stuck.join(10);
            }
            assertFalse(received.isStuck());
        } finally {
            mine.close();
        }
    }
}
