package org.skyway.experiments.iperf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.vm.host.Virtualisation;
import org.skyway.experiments.vm.image.GuestImage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `skyway experiment iperf`: TCP between two guests that know nothing of Skyway.
@Command(
        name = "iperf",
        mixinStandardHelpOptions = true,
        description = {
            "iperf3 between two Linux guests with virtio devices (QEMU): by a link and by the table, without",
            "and with --offloads of the switch, rounds in turn. Needs qemu-system-x86 and ovs-ofctl; builds",
            "what guests boot if that was not done before."
        })
public final class IperfCommand implements Callable<Integer> {
    @Option(names = "--rounds", description = "of each kind (default: ${DEFAULT-VALUE})")
    private int rounds = 5;

    @Option(names = "--seconds", description = "of a round (default: ${DEFAULT-VALUE})")
    private int seconds = 5;

    /// For picocli.
    public IperfCommand() {}

    private static final class Cell {
        final String name;
        final List<Double> megabits = new ArrayList<>();
        long bytesPerPacket;

        Cell(String name) {
            this.name = name;
        }

        void add(GuestPair.Stream stream) {
            megabits.add(stream.megabits());
            bytesPerPacket = stream.bytesPerPacket();
        }

        void print() {
            double[] sorted = megabits.stream().mapToDouble(d -> d).sorted().toArray();
            System.out.printf(
                    "%-28s %8.0f Mbit/s (%.0f to %.0f), %6d bytes a packet%n",
                    name,
                    sorted[sorted.length / 2],
                    sorted[0],
                    sorted[sorted.length - 1],
                    bytesPerPacket);
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Cell[] cells = {
            new Cell("link"),
            new Cell("table"),
            new Cell("link, offloads"),
            new Cell("table, offloads")
        };
        GuestImage image;
        try {
            image = GuestImage.linux(GuestImage.defaultCache());
        } catch (IOException e) {
            throw new ExperimentException("the guest image can't be built: " + e.getMessage(), e);
        }
        System.out.println(
                Virtualisation.isUsable() ? "guests by KVM" : "guests are emulated (no KVM)");
        try (GuestPair plain = new GuestPair(image, false);
                GuestPair offloading = new GuestPair(image, true)) {
            for (int round = 0; round <= rounds; round++) {
                for (int i = 0; i < cells.length; i++) {
                    GuestPair pair = i < 2 ? plain : offloading;
                    pair.byTheTable(i % 2 == 1);
                    GuestPair.Stream stream = pair.run(seconds);
                    if (round > 0) { // the first warms up
                        cells[i].add(stream);
                    }
                }
            }
        }
        Arrays.asList(cells).forEach(Cell::print);
        return 0;
    }
}
