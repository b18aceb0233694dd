package org.skyway.ivshmem.region;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongPredicate;

/// The ivshmem devices of a guest, as Linux shows them in sysfs. A device needs no driver: its BAR2
/// is the shared memory, and `resource2` maps it (QEMU ivshmem-spec, "PCI BARs").
///
/// A region is recognised by what is written in it. PCI addresses say nothing: the guest numbers
/// buses in its own way, and an address that was freed is given to the next device.
public final class IvshmemDevices {
    private static final Path SYSFS = Path.of("/sys/bus/pci/devices");
    private static final String VENDOR = "0x1af4";
    private static final String DEVICE = "0x1110";
    private static final long FIRST_PAUSE_MICROS = 500;
    private static final long LAST_PAUSE_MICROS = 8_000;

    private static final int PAGE_BYTES = 4096;

    private final Path devices;

    IvshmemDevices(Path devices) {
        this.devices = devices;
    }

    /// The devices of this machine.
    ///
    /// @return none, if it is no guest with such a device
    public static IvshmemDevices ofThisMachine() {
        return new IvshmemDevices(SYSFS);
    }

    /// Waits for the device that has a region, and maps it. A device that is plugged in shows up
    /// some time after the host has been told so, and its BAR2 some milliseconds later still.
    ///
    /// @param sizeBytes the region's size
    /// @param wanted tells from the address of the mapped first page of a region whether it is the
    ///   one
    /// @param name of the region, for messages
    /// @param timeout how long to wait
    /// @return the region
    /// @throws IOException if it does not show up in time; the message says what is there instead
    /// @throws InterruptedException if interrupted while waiting
    public Region await(long sizeBytes, LongPredicate wanted, String name, Duration timeout)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        long pause = FIRST_PAUSE_MICROS;
        Set<Object> others = new HashSet<>();
        while (true) {
            Region region = find(sizeBytes, wanted, others);
            if (region != null) {
                return region;
            }
            if (System.nanoTime() - end >= 0) {
                throw new IOException(
                        "no ivshmem device has %s of %d bytes after %d ms; there is %s"
                                .formatted(name, sizeBytes, timeout.toMillis(), inventory()));
            }
            Thread.sleep(Duration.ofNanos(pause * 1000));
            pause = Math.min(2 * pause, LAST_PAUSE_MICROS);
        }
    }

    // A look costs as little as it can: in a guest that has just begun to do this, every line is
    // interpreted, and the kernel that is bringing up the device needs the processor too. Most
    // devices are told apart by the size of their BAR2.
    private Region find(long sizeBytes, LongPredicate wanted, Set<Object> others) {
        String[] names = devices.toFile().list();
        if (names == null) {
            return null;
        }
        for (String name : names) {
            File bar = new File(devices.toFile(), name + "/resource2");
            if (bar.length() == sizeBytes) {
                Region region = open(bar.toPath(), sizeBytes, wanted, others);
                if (region != null) {
                    return region;
                }
            }
        }
        return null;
    }

    /// @param others BAR2s that are known to be something else, by the identity of their files:
    ///   what was unplugged and plugged again is new
    private static Region open(Path bar, long sizeBytes, LongPredicate wanted, Set<Object> others) {
        Path device = bar.getParent();
        try {
            Object identity = Files.readAttributes(bar, BasicFileAttributes.class).fileKey();
            if (others.contains(identity)) {
                return null;
            }
            if (!isIvshmem(device)) {
                others.add(identity);
                return null;
            }
            enable(device);
            if (peek(bar, wanted)) {
                return Region.open(bar, sizeBytes);
            }
            others.add(identity);
            return null;
        } catch (IOException e) {
            // It is being plugged or unplugged right now; the next look tells.
            return null;
        }
    }

    // Its own thread unmaps a page without asking the others; a region takes a handshake with them.
    private static boolean peek(Path bar, LongPredicate wanted) throws IOException {
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(bar, StandardOpenOption.READ)) {
            MemorySegment page = channel.map(MapMode.READ_ONLY, 0, PAGE_BYTES, arena);
            return wanted.test(page.address());
        }
    }

    private static boolean isIvshmem(Path device) throws IOException {
        return Files.readString(device.resolve("vendor")).strip().equals(VENDOR)
                && Files.readString(device.resolve("device")).strip().equals(DEVICE);
    }

    // Firmware enables what was there at boot; what is plugged later, nobody has enabled yet.
    private static void enable(Path device) throws IOException {
        Path enable = device.resolve("enable");
        if (!Files.readString(enable).strip().equals("1")) {
            Files.writeString(enable, "1");
        }
    }

    private String inventory() throws IOException {
        StringBuilder text = new StringBuilder();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(devices)) {
            for (Path device : all) {
                if (isIvshmem(device)) {
                    text.append(text.isEmpty() ? "" : ", ")
                            .append(device.getFileName())
                            .append(bar(device));
                }
            }
        } catch (NoSuchFileException e) {
            return "no PCI bus";
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return text.isEmpty() ? "no ivshmem device" : text.toString();
    }

    private static String bar(Path device) throws IOException {
        Path bar = device.resolve("resource2");
        return Files.exists(bar)
                ? " with " + Files.size(bar) + " bytes"
                : " without memory (its BAR2 got no address)";
    }
}
