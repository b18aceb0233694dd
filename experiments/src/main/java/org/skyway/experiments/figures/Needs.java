package org.skyway.experiments.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.skyway.experiments.vm.host.PrivateLibvirt;
import org.skyway.experiments.yardstick.CProgram;

/// What experiments need of the machine, looked at before anything starts.
final class Needs {
    private static final Path SHARED = Path.of("/dev/shm");
    private static final int MEGABYTES_PER_VNF = 180; // a JVM
    private static final int MEGABYTES_OF_SWITCH = 500;
    private static final int MEGABYTES_PER_PORT = 10; // its region, and its part of a link's

    private Needs() {}

    /// A chain of Java VNFs.
    static void chain(int vnfs, List<String> obstacles) {
        memory(
                MEGABYTES_OF_SWITCH + vnfs * MEGABYTES_PER_VNF,
                vnfs + " VNFs and a switch",
                obstacles);
        int ports = 2 * (vnfs - 1);
        try {
            long free = Files.getFileStore(SHARED).getUsableSpace() >> 20;
            long needed = (long) ports * MEGABYTES_PER_PORT;
            if (free < needed) {
                obstacles.add(
                        "%s has %d MiB left, but %d ports need %d; make it larger (mount -o remount,size=…)"
                                .formatted(SHARED, free, ports, needed));
            }
        } catch (IOException e) {
            obstacles.add(SHARED + " can't be used: " + e.getMessage());
        }
    }

    /// Memory that can be had.
    static void memory(long megabytes, String forWhat, List<String> obstacles) {
        try {
            Matcher m =
                    Pattern.compile("MemAvailable:\\s+(\\d+)")
                            .matcher(Files.readString(Path.of("/proc/meminfo")));
            long available = m.find() ? Long.parseLong(m.group(1)) >> 10 : Long.MAX_VALUE;
            if (available < megabytes) {
                obstacles.add(
                        "%d MiB of memory are available, but %s need %d; end other programs or ask for less"
                                .formatted(available, forWhat, megabytes));
            }
        } catch (IOException e) {
            obstacles.add("/proc/meminfo can't be read: " + e.getMessage());
        }
    }

    /// Two guests, if VNFs are in guests.
    static void guests(Plan plan, List<String> obstacles) {
        if (plan.inGuests()) {
            String missing = PrivateLibvirt.missing();
            if (missing != null) {
                obstacles.add("guests need: " + missing);
            }
            if (plan.chainFrom() > 2) {
                obstacles.add(
                        "chains of guests have two VNFs here, not %d; give --chain 2"
                                .formatted(plan.chainFrom()));
            }
        }
    }

    /// A program of a Debian package.
    static void program(String name, String debianPackage, List<String> obstacles) {
        if (!CProgram.onPath(name)) {
            obstacles.add(name + " is missing; apt-get install " + debianPackage);
        }
    }

    /// More cores than one.
    static void twoCores(Plan plan, String why, List<String> obstacles) {
        if (plan.cores() < 2) {
            obstacles.add("there is one core, but " + why);
        }
    }
}
