package org.skyway.ivshmem.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnixDatagramTest {
    @TempDir private Path folder;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void comesWholeToAPath() throws IOException {
        String path = folder.resolve("möglich").toString();
        comesWhole(path, path + "\0");
    }

    @Test
    void comesWholeToAnAbstractName() throws IOException {
        String name = "skyway-test-" + ProcessHandle.current().pid();
        comesWhole("@" + name, "\0" + name);
    }

    private static void comesWhole(String address, String raw) throws IOException {
        int fd = TestCalls.receiver(bytes(raw));
        assertTrue(fd >= 0, address);
        try {
            UnixDatagram.send(address, bytes("READY=1\nSTATUS=grün"));
            UnixDatagram.send(address, new byte[0]);
            assertArrayEquals(bytes("READY=1\nSTATUS=grün"), TestCalls.receive(fd));
            assertArrayEquals(new byte[0], TestCalls.receive(fd));
            assertNull(TestCalls.receive(fd));
        } finally {
            TestCalls.close(fd);
        }
    }

    @Test
    void saysThatNobodyIsThere() {
        String path = folder.resolve("none").toString();
        assertEquals(
                "can't send to UNIX socket " + path + ": there is no such file", refusal(path));
    }

    @Test
    void saysThatNobodyReceives() {
        String path = folder.resolve("left").toString();
        TestCalls.close(TestCalls.receiver(bytes(path + "\0")));
        assertEquals(
                "can't send to UNIX socket " + path + ": nobody receives there", refusal(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "@", "/", "relative", "vsock:2:1"})
    void refusesWhatIsNoAddress(String address) {
        assertTrue(refusal(address).startsWith("\"" + address + "\" is no UNIX socket"));
    }

    @Test
    void refusesAPathThatIsTooLong() {
        assertTrue(refusal("/" + "x".repeat(107)).contains("at most 107 bytes"));
    }

    private static String refusal(String address) {
        return assertThrows(IOException.class, () -> UnixDatagram.send(address, bytes("x")))
                .getMessage();
    }
}
