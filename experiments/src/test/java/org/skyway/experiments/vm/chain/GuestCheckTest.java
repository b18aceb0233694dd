package org.skyway.experiments.vm.chain;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class GuestCheckTest {
    @Test
    void whatAGuestCanRunIsAccepted() {
        assertDoesNotThrow(() -> check("source --rate 1000 --idle yield", 0, "vnf1"));
        assertDoesNotThrow(
                () -> check("firewall --rule deny,udp,to,any,port,53", null, "vnf1", "vnf2"));
        assertDoesNotThrow(() -> check("testpmd --forward-mode=io", 0, "vnf1", "vnf2"));
    }

    @Test
    void anUnknownProgramOrOptionIsNamed() {
        assertSays("guest fw can't run \"frob\"", "frob", null);
        assertSays("Unknown option: '--frob'", "sink --frob", null);
    }

    @Test
    void aProgramOfOnePortMayNotHaveTwo() {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class, () -> check("sink", null, "vnf1", "vnf2"));
        assertTrue(e.getMessage().contains("--port="), e::getMessage);
    }

    @Test
    void aCoreThatTheHostLacksIsNamed() {
        assertSays("guest fw can't have core 4095", "sink", 4095);
        assertSays("guest fw can't have core 4095", "testpmd", 4095);
    }

    private static void assertSays(String words, String program, Integer core) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> check(program, core, "vnf1"));
        assertTrue(e.getMessage().contains(words), e::getMessage);
    }

    private static void check(String program, Integer core, String... ports) {
        GuestCheck.check(new ChainConfig.Guest("fw", program, List.of(ports), core));
    }
}
