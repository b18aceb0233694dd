package org.skyway.experiments.vm.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChainConfigTest {
    @TempDir Path directory;

    @Test
    void aProgramGetsItsPortsAsOptions() throws IOException {
        ChainConfig chain =
                read(
                        """
                        guests:
                          - {name: source, program: "source --rate 1000", ports: [vnf1], core: 0}
                          - {name: fw, program: forward, ports: [vnf2, vnf3]}
                        """);
        assertEquals("qemu:///system", chain.libvirtUri());
        assertEquals(
                List.of("source", "--rate", "1000", "--port", "vnf1"),
                chain.guests().get(0).arguments());
        assertEquals(List.of("forward", "--ports", "vnf2,vnf3"), chain.guests().get(1).arguments());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "guests: []|needs guests",
                "guests: [{name: a, program: sink}]|one or two ports",
                "guests: [{name: a b, program: sink, ports: [p]}]|guest name",
                "guests: [{name: a, program: sink, ports: [p]}, {name: a, program: sink, ports: [q]}]|two guests are named a",
                "guests: [{name: a, program: sink, ports: [p]}, {name: b, program: sink, ports: [p]}]|port p has two guests",
                "guests: [{name: a, program: sink, ports: [p], cores: 1}]|cores",
                "guests: [{nmae: a, program: sink, ports: [p]}]|there is no \"nmae\" in guests[0]; there is core, name, ports, program",
                "guests: [|chain.yaml"
            })
    void whatCannotBeIsRefusedWithTheReason(String yaml, String reason) {
        IOException e = assertThrows(IOException.class, () -> read(yaml));
        assertTrue(e.getMessage().contains(reason), e::getMessage);
    }

    private ChainConfig read(String yaml) throws IOException {
        return ChainConfig.read(Files.writeString(directory.resolve("chain.yaml"), yaml));
    }
}
