package org.skyway.ivshmem.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The search works on files, so files laid out like sysfs are as good as a guest.
@Timeout(20)
class IvshmemDevicesTest {
    private static final int SIZE = 4096;
    private static final Duration SHORT = Duration.ofMillis(50);

    @TempDir Path sysfs;
    @TempDir Path elsewhere;
    private IvshmemDevices devices;

    @BeforeEach
    void aMachineWithANetworkCard() throws IOException {
        device("0000:00:02.0", 0x8086, 0x100e);
        devices = new IvshmemDevices(sysfs);
    }

    @Test
    void findsTheRegionByWhatIsWrittenInIt() throws Exception {
        bar(device("0000:00:04.0", 0x1af4, 0x1110), SIZE, 1);
        bar(device("0000:00:05.0", 0x1af4, 0x1110), SIZE, 2);
        try (Region found = await(2)) {
            assertEquals("0000:00:05.0", found.path().getParent().getFileName().toString());
        }
    }

    @Test
    void enablesTheDevice() throws Exception {
        Path device = bar(device("0000:00:04.0", 0x1af4, 0x1110), SIZE, 1);
        await(1).close();
        assertEquals("1", Files.readString(device.resolve("enable")).strip());
    }

    @Test
    void leavesADeviceAloneThatAnswersAlready() throws Exception {
        Path device = bar(device("0000:00:04.0", 0x1af4, 0x1110), SIZE, 1);
        byte[] config = Files.readAllBytes(device.resolve("config"));
        config[4] |= 2; // memory space, in the command register
        Files.write(device.resolve("config"), config);
        await(1).close();
        assertEquals("0", Files.readString(device.resolve("enable")).strip());
    }

    @Test
    void anotherDeviceOfTheSameSizeIsNoIvshmemDevice() throws Exception {
        bar(device("0000:00:03.0", 0x1af4, 0x1003), SIZE, 1);
        bar(device("0000:00:04.0", 0x1af4, 0x1110), SIZE, 1);
        try (Region found = await(1)) {
            assertEquals("0000:00:04.0", found.path().getParent().getFileName().toString());
        }
        assertEquals("0\n", Files.readString(sysfs.resolve("0000:00:03.0/enable")));
    }

    @Test
    void waitsForADeviceThatIsPluggedLater() throws Exception {
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        Path device = device("0000:00:04.0", 0x1af4, 0x1110);
                        Thread.sleep(30); // the device shows up before its BAR2
                        bar(device, SIZE, 7);
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
        try (Region found = await(7, Duration.ofSeconds(10))) {
            assertEquals(7, Memory.getLong(found.address()));
        }
    }

    @Test
    void findsANewDeviceAtTheAddressOfAnother() throws Exception {
        Path device = bar(device("0000:00:04.0", 0x1af4, 0x1110), SIZE, 1);
        Path replacement = bar(elsewhere, SIZE, 9);
        Path bar = replacement.resolve("resource2");
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        Thread.sleep(30);
                        Files.move(
                                bar,
                                device.resolve("resource2"),
                                StandardCopyOption.REPLACE_EXISTING);
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
        try (Region found = await(9, Duration.ofSeconds(10))) {
            assertEquals(9, Memory.getLong(found.address()));
        }
    }

    @Test
    void findsADeviceThatTakesThePlaceOfTheOneThatIsLookedAt() throws Exception {
        Path device = bar(device("0000:00:04.0", 0x1af4, 0x1110), SIZE, 1);
        Path next = bar(elsewhere, SIZE, 9).resolve("resource2");
        LongPredicate wanted =
                base -> {
                    if (Memory.getLong(base) == 9) {
                        return true;
                    }
                    try {
                        Path there = device.resolve("resource2");
                        Files.move(next, there, StandardCopyOption.REPLACE_EXISTING);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                    return false;
                };
        try (Region found = devices.await(SIZE, wanted, "region 9", Duration.ofSeconds(10))) {
            assertEquals(9, Memory.getLong(found.address()));
        }
    }

    @Test
    void saysWhatIsThereWhenTheRegionIsNot() throws Exception {
        bar(device("0000:00:04.0", 0x1af4, 0x1110), 2 * SIZE, 1);
        device("0000:00:05.0", 0x1af4, 0x1110);
        IOException e = assertThrows(IOException.class, () -> await(1));
        assertTrue(e.getMessage().contains("0000:00:04.0 with 8192 bytes"), e::getMessage);
        assertTrue(e.getMessage().contains("0000:00:05.0 without memory"), e::getMessage);
    }

    private Region await(long id) throws IOException, InterruptedException {
        return await(id, SHORT);
    }

    private Region await(long id, Duration timeout) throws IOException, InterruptedException {
        return devices.await(SIZE, base -> Memory.getLong(base) == id, "region " + id, timeout);
    }

    private Path device(String address, int vendor, int device) throws IOException {
        Path dir = Files.createDirectories(sysfs.resolve(address));
        ByteBuffer config = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        config.putShort((short) vendor).putShort((short) device).putShort((short) 1); // I/O only
        Files.write(dir.resolve("config"), config.array());
        Files.writeString(dir.resolve("enable"), "0\n");
        return dir;
    }

    private static Path bar(Path device, int size, int id) throws IOException {
        byte[] content = new byte[size];
        content[0] = (byte) id;
        Path fresh = device.resolve("resource2.new");
        Files.write(fresh, content);
        Files.move(fresh, device.resolve("resource2"));
        return device;
    }
}
