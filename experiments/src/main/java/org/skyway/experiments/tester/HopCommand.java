package org.skyway.experiments.tester;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.Mark;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;
import org.skyway.ivshmem.sys.Affinity;
import org.skyway.pmd.port.PmdPort;
import org.skyway.vnf.frame.NativeBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `skyway experiment hop`: one bypass hop through the product's driver, between two threads with a
/// core each. The counterpart of the yardstick's `hop`, with the same commands and answers: packets
/// are copied in by [PmdPort#txBurst] and out of what [PmdPort#rxBurst] shows.
@Command(
        name = "hop",
        hidden = true,
        mixinStandardHelpOptions = true,
        description = "One bypass hop; a part of `experiment bench`.")
public final class HopCommand implements Callable<Integer> {
    private static final int BURST = 32;
    private static final int BUFFER_BYTES = 2048;
    private static final int[] IMIX = {64, 570, 64, 64, 570, 64, 1518, 64, 570, 64, 570, 64};
    private static final int PATTERN = 29 * IMIX.length; // as in yardstick.c

    @Option(names = "--cores", split = ",", description = "of sender and receiver")
    private int[] cores = {0, 1};

    private PmdPort out;
    private PmdPort in;
    private final int[] sizes = new int[PATTERN + BURST];
    private volatile boolean running;
    private volatile long received;
    private volatile Throwable broken;

    /// For picocli.
    public HopCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(Path.of("/dev/shm"), "skyway-hop-");
        try (Region link = create(folder.resolve("link"), RegionHeader.LINK_MAGIC)) {
            Path left = folder.resolve("out");
            Path right = folder.resolve("in");
            create(left, RegionHeader.PORT_MAGIC).close();
            create(right, RegionHeader.PORT_MAGIC).close();
            out = PmdPort.open(map(left), "out");
            in = PmdPort.open(map(right), "in");
            attach(out, link.path(), true);
            attach(in, link.path(), false);
            switchOver(left, right);
            delete(folder); // what is mapped stays
            System.out.println("ready");
            serve();
        } finally {
            if (Files.exists(folder)) {
                delete(folder);
            }
        }
        return 0;
    }

    private static Region create(Path file, int magic) throws IOException {
        RegionHeader header = RegionHeader.of(magic, 1, RegionHeader.DEFAULT_LINK_CELLS);
        Region region = Region.create(file, header.sizeBytes());
        header.create(region.address());
        return region;
    }

    private static Region map(Path file) throws IOException {
        return Region.open(file, Files.size(file));
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    // The switch's part: the sender is told to use the link, and its mark goes to the receiver.
    private static void switchOver(Path left, Path right) throws IOException {
        try (Region region = map(left)) {
            new ControlBlock(region.address())
                    .command(ControlBlock.command(ControlBlock.Mode.BYPASS, 0, 1));
        }
        RegionHeader header =
                RegionHeader.of(RegionHeader.PORT_MAGIC, 1, RegionHeader.DEFAULT_LINK_CELLS);
        try (Region region = map(right)) {
            RingProducer.attach(
                            region.address() + header.secondRing(),
                            region.sizeBytes() - header.secondRing(),
                            "hop")
                    .mark(Mark.of(Mark.Kind.TO_BYPASS, 0, 1));
        }
    }

    private static void attach(PmdPort port, Path link, boolean sideA) throws InterruptedException {
        Thread control =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                port.attach(0, map(link), sideA, "hop");
                            } catch (IOException | InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        while (control.isAlive()) {
            port.poll();
            Thread.yield();
        }
    }

    private void serve() throws IOException, InterruptedException {
        BufferedReader commands =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = commands.readLine()) != null && !line.equals("quit"); ) {
            String[] words = line.split(" ");
            if (words.length != 3 || !words[0].equals("hop")) {
                System.out.println("error no such command");
                continue;
            }
            choose(words[2]);
            double mpps = run(Long.parseLong(words[1]) * 1_000_000);
            System.out.println(
                    broken == null
                            ? String.format(Locale.ROOT, "Mpps %.3f", mpps)
                            : "error " + broken);
        }
    }

    private void choose(String size) {
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = size.equals("imix") ? IMIX[i % IMIX.length] : Integer.parseInt(size);
        }
    }

    private double run(long nanos) throws InterruptedException {
        running = true;
        Thread receiver = Thread.ofPlatform().name("receive").start(() -> guarded(this::receive));
        Thread sender = Thread.ofPlatform().name("send").start(() -> guarded(this::send));
        Thread.sleep(nanos / 5 / 1_000_000);
        long before = received;
        long since = System.nanoTime();
        Thread.sleep((nanos - nanos / 5) / 1_000_000);
        long after = received;
        long until = System.nanoTime();
        running = false;
        sender.join();
        receiver.join();
        return (after - before) * 1e3 / (until - since);
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            broken = e;
        }
    }

    private void send() {
        Affinity.pinCurrentThread(cores[0]);
        long[] addresses = new long[BURST];
        int[] lengths = new int[BURST];
        try (NativeBuffer buffers = new NativeBuffer((long) BURST * BUFFER_BYTES)) {
            for (int i = 0; i < BURST; i++) {
                addresses[i] = buffers.address() + (long) i * BUFFER_BYTES;
            }
            int next = 0;
            while (running) {
                System.arraycopy(sizes, next, lengths, 0, BURST);
                next = (next + out.txBurst(addresses, lengths, 0, BURST)) % PATTERN;
            }
        }
    }

    private void receive() {
        Affinity.pinCurrentThread(cores[1]);
        long[] addresses = new long[BURST];
        int[] lengths = new int[BURST];
        long packets = 0;
        try (NativeBuffer buffers = new NativeBuffer((long) BURST * BUFFER_BYTES)) {
            final long base = buffers.address();
            while (running) {
                final int count = in.rxBurst(addresses, lengths, 0, BURST);
                for (int i = 0; i < count; i++) {
                    Memory.copyPacket(addresses[i], base + (long) i * BUFFER_BYTES, lengths[i]);
                }
                packets += count;
                received = packets;
            }
        }
    }

    /// Starts it beside an experiment.
    ///
    /// @param first core of the sender
    /// @param second core of the receiver
    /// @return arguments of `skyway`
    public static String[] arguments(int first, int second) {
        if (first == second) {
            throw new ExperimentException("a hop needs two cores");
        }
        return new String[] {"experiment", "hop", "--cores", first + "," + second};
    }
}
