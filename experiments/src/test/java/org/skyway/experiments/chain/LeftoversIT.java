package org.skyway.experiments.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.process.Program;
import org.skyway.ivshmem.region.RegionStore;

/// Nothing is left of a switch and its VNFs, in whichever order they end; and what is left of one
/// that was killed goes with the next.
@Timeout(120)
class LeftoversIT extends ChainBed {
    private List<Path> regions() {
        String prefix = RegionStore.of(dir).prefix();
        try (Stream<Path> files = Files.list(Path.of("/dev/shm"))) {
            return files.filter(f -> f.getFileName().toString().startsWith(prefix)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Program vswitchd() {
        return started.getFirst();
    }

    private void linkTwo() throws Exception {
        vnf("sink", "--port", "vnf2");
        vnf("source", "--port", "vnf1", "--rate", "1000");
        ofctl("add-flow", "br0", "in_port=1,actions=output:2");
        awaitActive(1);
        assertTrue(regions().size() >= 3, () -> "two ports and a link, not " + log);
    }

    @Test
    void aSwitchThatEndsBeforeItsVnfsLeavesNothing() throws Exception {
        linkTwo();
        vswitchd().close();
        assertEquals(List.of(), regions());
    }

    @Test
    void vnfsThatEndBeforeTheirSwitchLeaveNothing() throws Exception {
        linkTwo();
        started.get(1).close();
        started.get(2).kill();
        vswitchd().close();
        assertEquals(List.of(), regions());
    }

    @Test
    void whatAKilledSwitchLeftGoesWithTheNext() throws Exception {
        linkTwo();
        vswitchd().kill();
        vswitchd().waitFor(Duration.ofSeconds(10));
        assertFalse(regions().isEmpty());
        Program next = program("next", "is ready", "vswitchd", "--port", "1:dpdkr:vnf1");
        // A VNF that notices only now that its switch is gone has its port's region until it ends.
        await(() -> regions().isEmpty(), "end of all regions");
        next.close();
        assertEquals(List.of(), regions());
    }
}
