package org.skyway.experiments.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class FigureOptionsTest {
    private static Plan plan(String... words) {
        FigureOptions options = new FigureOptions();
        CommandLine line = new CommandLine(options);
        line.parseArgs(words);
        return options.plan(line.getCommandSpec());
    }

    @Test
    void quickIsShort() {
        Plan plan = plan("--quick", "--compare", "ovs-dpdk,memif", "--vnfs", "vm-dpdk");
        assertEquals(2, plan.chainFrom());
        assertEquals(4, plan.chainTo());
        assertEquals(5, plan.rounds());
        assertEquals(Plan.Vnfs.VM_DPDK, plan.vnfs());
        assertTrue(plan.compares(Plan.Other.MEMIF) && plan.compares(Plan.Other.OVS_DPDK));
    }

    @Test
    void oneLengthIsARange() {
        assertEquals(5, plan("--chain", "5").chainTo());
        assertEquals(5, plan("--chain", "5").chainFrom());
    }

    @ParameterizedTest
    @CsvSource({
        "--chain,2..9,1..8",
        "--chain,4..2,1..8",
        "--chain,x,--chain is a number",
        "--rounds,4,5 to 1000",
        "--seconds,0,0.05 to 600",
        "--cycles,0,1 to 10000",
        "--minutes,0,--minutes",
        "--vnfs,bsd,one of",
        "--compare,vpp,vpp-if-there",
        "--size,99999,--size"
    })
    void badInputIsRefused(String option, String value, String message) {
        ParameterException e = assertThrows(ParameterException.class, () -> plan(option, value));
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void aFolderThatExistsIsRefused(@TempDir Path folder) {
        FigureOptions options = new FigureOptions();
        CommandLine line = new CommandLine(options);
        line.parseArgs("--out", folder.toString());
        ParameterException e =
                assertThrows(
                        ParameterException.class,
                        () -> options.out(line.getCommandSpec(), "fig3a"));
        assertTrue(e.getMessage().contains("exists"), e.getMessage());
    }
}
