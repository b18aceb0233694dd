package org.skyway.experiments.vm.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;
import org.skyway.experiments.vm.host.PrivateLibvirt;
import org.skyway.experiments.vm.image.GuestImage;

/// `skyway chain` with a real libvirt and a switch that has no ports yet.
class ChainCommandIT {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
    private RunFolder folder;
    private PrivateLibvirt libvirt;
    private Program vswitchd;

    @BeforeEach
    void startSwitch() throws IOException {
        assumeTrue(PrivateLibvirt.missing() == null, PrivateLibvirt.missing());
        folder = new RunFolder();
        libvirt = PrivateLibvirt.start(GuestImage.defaultCache().resolve("libvirt-test"));
        vswitchd =
                Program.skyway(
                        "vswitchd",
                        folder.path(),
                        log::add,
                        "vswitchd",
                        "--libvirt-uri",
                        libvirt.uri());
        vswitchd.await(l -> l.contains("is ready"), PATIENCE, "it is ready");
    }

    @AfterEach
    void stopAll() {
        if (folder != null) {
            vswitchd.close();
            libvirt.close();
            folder.close();
        }
    }

    @Test
    void chainIsStartedWholeOrNotAtAllAndOnlyItsOwnGuestsAreRemoved() throws Exception {
        Path good = file("good", "- {name: one, program: sink, ports: [vnf1]}");
        Path half =
                file(
                        "half",
                        "- {name: two, program: sink, ports: [vnf2]}",
                        "- {name: one, program: sink, ports: [vnf3]}");
        Path wrongCore = file("core", "- {name: two, program: sink, ports: [vnf2], core: 4095}");
        Path wrongOption = file("option", "- {name: two, program: sink --frob, ports: [vnf2]}");
        Path taken = file("taken", "- {name: four, program: sink, ports: [vnf1]}");
        Path other = file("other", "- {name: one, program: sink, ports: [vnf5]}");

        Path misspelt = file("misspelt", "- {name: two, programme: sink, ports: [vnf2]}");

        assertEquals(1, chain("up", misspelt));
        assertSaid("there is no \"programme\" in guests[0]; there is core, name, ports, program");
        assertTrue(log.stream().noneMatch(l -> l.contains("org.skyway")), log::toString);
        assertEquals(0, chain("up", good));
        assertSaid("one: the switch has no port vnf1 and gets it now; its ports were none");
        assertSaid("guest one drives vnf1");
        assertEquals(1, chain("up", good));
        assertSaid("libvirt has a domain one already");
        assertEquals(1, chain("up", half));
        assertSaid("guest two is removed again");
        assertSaid("libvirt has a domain one already");
        assertEquals(1, chain("up", wrongCore));
        assertSaid("guest two can't have core 4095");
        assertEquals(1, chain("up", wrongOption));
        assertSaid("guest two can't run \"sink --frob\": Unknown option: '--frob'");
        assertEquals(1, chain("up", taken));
        assertSaid("guest four can't have port vnf1: domain one has it");
        assertEquals(1, chain("down", other));
        assertSaid("domain one is none of this chain");
        assertEquals(0, chain("down", good));
        assertSaid("guest one is removed");
        assertEquals(0, chain("down", half));
        assertSaid("guest two was not there");
        assertSaid("guest one was not there");
    }

    private int chain(String command, Path file) {
        log.clear();
        try (Program chain =
                Program.skyway(
                        "chain", folder.path(), log::add, "chain", command, file.toString())) {
            return chain.waitFor(PATIENCE);
        }
    }

    private void assertSaid(String words) {
        assertTrue(log.stream().anyMatch(l -> l.contains(words)), () -> words + " in " + log);
    }

    private Path file(String name, String... guests) throws IOException {
        String text =
                "libvirt-uri: \"%s\"%nguests:%n  %s%n"
                        .formatted(libvirt.uri(), String.join("\n  ", guests));
        return Files.writeString(folder.path().resolve(name + ".yaml"), text);
    }
}
