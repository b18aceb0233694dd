package org.skyway.experiments.figures;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.tester.Tester;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.daemon.ControlClient;

/// Two VNFs that are processes.
final class ProcessSetupBed implements SetupBed {
    private static final String REHEARSAL_MILLIS = "3000"; // as the switch has it for its users
    private static final int PACKETS_PER_SECOND = 10_000;
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private final SkywayBed bed;

    ProcessSetupBed(MeasuredSession session) {
        bed = new SkywayBed(session, 2, SkywayBed.REHEARSAL, REHEARSAL_MILLIS);
        try {
            Tester right = bed.tester(null, "backoff", 2);
            right.sink(0);
            right.go();
            Tester left = bed.tester(null, "backoff", 1);
            left.exchange(0, PACKETS_PER_SECOND, 1, session.plan().size());
            left.go();
        } catch (RuntimeException e) {
            bed.close();
            throw e;
        }
    }

    @Override
    public String what() {
        return "processes";
    }

    @Override
    public int warmUp() {
        return 3;
    }

    @Override
    public double cycleSeconds() {
        return 4.5; // a channel is kept for 3 s
    }

    @Override
    public Path runDirectory() {
        return bed.path();
    }

    @Override
    public Path region() {
        String names = RegionStore.of(bed.path()).prefix() + "*port-vnf1*";
        try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of("/dev/shm"), names)) {
            for (Path region : found) {
                return region;
            }
        } catch (IOException e) {
            throw new ExperimentException("can't read /dev/shm: " + e, e);
        }
        throw new ExperimentException(
                "port vnf1 has no region in /dev/shm; huge pages hold it: set vm.nr_hugepages to 0");
    }

    @Override
    public void ofctl(String... words) {
        bed.ofctl(words);
    }

    @Override
    public void awaitUnplugged() {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            JsonNode links = bed.control().ask(ControlClient.request("links"));
            if (links.isEmpty()) {
                return;
            }
            if (System.nanoTime() - end > 0) {
                throw new ExperimentException("the link is not unplugged after 20 s: " + links);
            }
            Waits.sleep(0.05);
        }
    }

    @Override
    public void close() {
        bed.close();
    }
}
