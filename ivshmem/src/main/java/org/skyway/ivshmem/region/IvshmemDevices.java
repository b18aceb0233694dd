package org.skyway.ivshmem.region;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
    /// The system property that names another directory than that of sysfs, for a run of a driver
    /// outside of any guest.
    public static final String DIRECTORY_PROPERTY = "skyway.pci.devices";

    private static final String SYSFS = "/sys/bus/pci/devices";
    private static final int VENDOR_AND_DEVICE = 0x1110_1af4;
    private static final int COMMAND_MEMORY = 2; // PCI, "Command Register": memory space
    private static final int CONFIG_BYTES = 6; // vendor, device, command
    private static final long FIRST_PAUSE_MICROS = 500;
    private static final long LAST_PAUSE_MICROS = 8_000;

    private final Path devices;

    IvshmemDevices(Path devices) {
        this.devices = devices;
    }

    /// The devices of this machine.
    ///
    /// @return none, if it is no guest with such a device
    public static IvshmemDevices ofThisMachine() {
        return new IvshmemDevices(Path.of(System.getProperty(DIRECTORY_PROPERTY, SYSFS)));
    }

    /// Waits for the device that has a region, and maps it. A device that is plugged in shows up
    /// some time after the host has been told so, and its BAR2 some milliseconds later still.
    ///
    /// @param sizeBytes the region's size
    /// @param wanted tells from the address of a mapped region whether it is the one
    /// @param name of the region, for messages
    /// @param timeout how long to wait
    /// @return the region
    /// @throws IOException if it does not show up in time; the message says what is there instead
    /// @throws InterruptedException if interrupted while waiting
    public Region await(long sizeBytes, LongPredicate wanted, String name, Duration timeout)
            throws IOException, InterruptedException {
        Search search = new Search(sizeBytes, wanted, name);
        long end = System.nanoTime() + timeout.toNanos();
        long pause = FIRST_PAUSE_MICROS;
        while (true) {
            Region region = search.look();
            if (region != null) {
                return region;
            }
            if (System.nanoTime() - end >= 0) {
                throw search.failure(timeout);
            }
            Thread.sleep(Duration.ofNanos(pause * 1000));
            pause = Math.min(2 * pause, LAST_PAUSE_MICROS);
        }
    }

    /// Begins to look for a region.
    ///
    /// @param sizeBytes the region's size
    /// @param wanted tells from the address of a mapped region whether it is the one
    /// @param name of the region, for messages
    /// @return the search
    public Search search(long sizeBytes, LongPredicate wanted, String name) {
        return new Search(sizeBytes, wanted, name);
    }

    /// A search for a region, of one thread. A look costs as little as it can: in a guest that has
    /// just begun to do this, every line is interpreted, and the kernel that is bringing up the
    /// device needs the processor too. Most devices are told apart by the size of their BAR2.
    public final class Search {
        private final long sizeBytes;
        private final LongPredicate wanted;
        private final String name;

        /// BAR2s that are known to be something else, by the identity of their files: what was
        /// unplugged and plugged again is new.
        private final Set<Object> others = new HashSet<>();

        private Search(long sizeBytes, LongPredicate wanted, String name) {
            this.sizeBytes = sizeBytes;
            this.wanted = wanted;
            this.name = name;
        }

        /// Looks at the devices that are there now.
        ///
        /// @return the region; null if it is not there yet
        public Region look() {
            String[] names = devices.toFile().list();
            if (names == null) {
                return null;
            }
            for (String device : names) {
                File bar = new File(devices.toFile(), device + "/resource2");
                if (bar.length() == sizeBytes) {
                    Region region = open(bar);
                    if (region != null) {
                        return region;
                    }
                }
            }
            return null;
        }

        /// What to say when the region has not shown up.
        ///
        /// @param waited how long it was looked for
        /// @return says what is there instead
        public IOException failure(Duration waited) {
            String there;
            try {
                there = inventory();
            } catch (IOException e) {
                there = "no knowing what (" + e.getMessage() + ")";
            }
            return new IOException(
                    "no ivshmem device has %s of %d bytes after %d ms; there is %s"
                            .formatted(name, sizeBytes, waited.toMillis(), there));
        }

        private Region open(File bar) {
            try {
                // Before it is looked into: by then another device may have its place.
                Object identity = identity(bar);
                if (others.contains(identity)) {
                    return null;
                }
                if (enabled(bar.getParentFile())) {
                    Region region = Region.open(bar.toPath(), sizeBytes);
                    if (wanted.test(region.address())) {
                        return region;
                    }
                    region.close();
                }
                others.add(identity);
                return null;
            } catch (IOException e) {
                // It is being plugged or unplugged right now; the next look tells.
                return null;
            }
        }
    }

    private static Object identity(File file) throws IOException {
        return Files.readAttributes(file.toPath(), BasicFileAttributes.class).fileKey();
    }

    /// Makes sure that a device answers to accesses of its memory. Firmware enables what was there
    /// at boot; what is plugged later, nobody has enabled yet.
    ///
    /// @return false if this is no ivshmem device
    private static boolean enabled(File device) throws IOException {
        long config = config(device);
        if ((int) config != VENDOR_AND_DEVICE) {
            return false;
        }
        if ((config >>> Integer.SIZE & COMMAND_MEMORY) == 0) {
            try (FileOutputStream enable = new FileOutputStream(new File(device, "enable"))) {
                enable.write('1');
            }
        }
        return true;
    }

    /// @return the first bytes of the device's configuration space, little-endian; 0 if there are
    ///   fewer
    private static long config(File device) throws IOException {
        byte[] bytes = new byte[Long.BYTES];
        try (FileInputStream file = new FileInputStream(new File(device, "config"))) {
            if (file.read(bytes, 0, CONFIG_BYTES) < CONFIG_BYTES) {
                return 0;
            }
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    private String inventory() throws IOException {
        StringBuilder text = new StringBuilder();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(devices)) {
            for (Path device : all) {
                if ((int) config(device.toFile()) == VENDOR_AND_DEVICE) {
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
