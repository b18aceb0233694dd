package org.skyway.ivshmem.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.skyway.ivshmem.region.Memory;

class UnixSocketTest {
    @TempDir Path dir;

    private UnixSocket listener;
    private UnixSocket near;
    private UnixSocket far;

    private void connect(UnixSocket.Kind kind) throws IOException {
        listener = UnixSocket.bind(dir.resolve("s"), kind);
        listener.listen(4);
        near = UnixSocket.connect(dir.resolve("s"), kind);
        far = listener.accept();
        assertNotNull(near);
        assertNotNull(far);
    }

    private void close() {
        near.close();
        far.close();
        listener.close();
        assertFalse(Files.exists(dir.resolve("s")));
    }

    @ParameterizedTest
    @EnumSource
    void memoryAndEventsArriveWithTheirMessage(UnixSocket.Kind kind) throws IOException {
        connect(kind);
        assertNull(far.receive(16), "nothing was sent yet");
        assertNull(listener.accept(), "nobody else connects");
        try (Descriptor memory = Descriptor.memory("test", 8192);
                EventDescriptor event = EventDescriptor.create()) {
            near.send(new byte[] {1, 2, 3}, memory, event.descriptor());
            UnixSocket.Received got = far.receive(16);
            assertArrayEquals(new byte[] {1, 2, 3}, got.bytes());
            assertEquals(2, got.descriptors().size());
            try (ForeignMemory mine = ForeignMemory.map("mine", memory, 8192);
                    ForeignMemory theirs =
                            ForeignMemory.map("theirs", got.descriptors().get(0), 8192);
                    EventDescriptor woken = EventDescriptor.of(got.descriptors().get(1))) {
                Memory.putLong(mine.address() + 8000, 42);
                assertEquals(42, Memory.getLong(theirs.address() + 8000));
                assertFalse(event.drain());
                woken.signal();
                assertTrue(event.drain());
            }
            assertTrue(got.descriptors().get(0).isClosed());
            assertTrue(got.descriptors().get(1).isClosed());
        }
        assertEquals(ProcessHandle.current().pid(), far.peer().pid());
        near.close();
        assertTrue(far.receive(16).isEnd());
        close();
    }

    @Test
    void messagesStayApartAndLongOnesAreRefused() throws IOException {
        connect(UnixSocket.Kind.SEQPACKET);
        near.send(new byte[4]);
        near.send(new byte[8]);
        assertEquals(4, far.receive(16).bytes().length);
        assertEquals(8, far.receive(16).bytes().length);
        near.send(new byte[17]);
        assertThrows(IOException.class, () -> far.receive(16));
        close();
    }

    @Test
    void moreDescriptorsThanFitAreRefusedAndNoneStaysOpen() throws IOException {
        connect(UnixSocket.Kind.SEQPACKET);
        List<Descriptor> many = new ArrayList<>();
        for (int i = 0; i < UnixSocket.MOST_DESCRIPTORS + 1; i++) {
            many.add(Descriptor.memory("many", 4096));
        }
        near.send(new byte[4], many.toArray(new Descriptor[0]));
        many.forEach(Descriptor::close);
        long before = open("many");
        assertThrows(IOException.class, () -> far.receive(16));
        assertEquals(0, before);
        assertEquals(0, open("many"));
        close();
    }

    private static long open(String name) throws IOException {
        long n = 0;
        try (var all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path fd : all) {
                try {
                    n += Files.readSymbolicLink(fd).toString().contains("memfd:" + name) ? 1 : 0;
                } catch (IOException e) {
                    // It was that of the directory.
                }
            }
        }
        return n;
    }

    @Test
    void whoDoesNotReadIsNotWaitedFor() throws IOException {
        connect(UnixSocket.Kind.SEQPACKET);
        IOException e =
                assertThrows(
                        IOException.class,
                        () -> {
                            for (int i = 0; i < 1_000_000; i++) {
                                near.send(new byte[128]);
                            }
                        });
        assertTrue(e.getMessage().contains("does not read"), e.getMessage());
        close();
    }

    @Test
    void fileOfAProcessThatEndedIsReplacedAndNoOther() throws IOException {
        Path path = dir.resolve("s");
        connect(UnixSocket.Kind.STREAM);
        assertThrows(IOException.class, () -> UnixSocket.bind(path, UnixSocket.Kind.STREAM));
        assertThrows(IOException.class, () -> UnixSocket.bind(path, UnixSocket.Kind.SEQPACKET));
        near.close();
        far.close();
        listener.descriptor().close(); // as a killed process leaves it
        try (UnixSocket next = UnixSocket.bind(path, UnixSocket.Kind.STREAM)) {
            assertNull(UnixSocket.connect(path, UnixSocket.Kind.STREAM), "it does not listen yet");
            next.listen(1);
            try (UnixSocket connected = UnixSocket.connect(path, UnixSocket.Kind.STREAM)) {
                assertNotNull(connected);
            }
        }
        Files.writeString(path, "text");
        assertThrows(IOException.class, () -> UnixSocket.bind(path, UnixSocket.Kind.STREAM));
        assertTrue(Files.exists(path));
        Path far = dir.resolve("x".repeat(120));
        IOException e =
                assertThrows(IOException.class, () -> UnixSocket.bind(far, UnixSocket.Kind.STREAM));
        assertTrue(e.getMessage().contains("shorter"), e.getMessage());
        assertNull(UnixSocket.connect(dir.resolve("nobody"), UnixSocket.Kind.STREAM));
    }

    @Test
    void pollerSaysWhoHasSomethingAndCanBeWoken() throws IOException {
        connect(UnixSocket.Kind.STREAM);
        try (Poller poller = new Poller()) {
            List<Descriptor> both = List.of(near.descriptor(), far.descriptor());
            assertEquals(List.of(), poller.await(both, 0));
            near.send(new byte[1]);
            assertEquals(List.of(1), poller.await(both, 10_000));
            far.receive(8);
            poller.wake();
            assertEquals(List.of(), poller.await(both, 60_000));
            assertEquals(List.of(), poller.await(both, 0));
            near.close();
            assertEquals(List.of(0), poller.await(List.of(far.descriptor()), 10_000));
        }
        close();
    }
}
