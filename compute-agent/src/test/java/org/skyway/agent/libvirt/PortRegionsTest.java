package org.skyway.agent.libvirt;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.skyway.agent.libvirt.GuestDescription.Memory;
import org.skyway.bypass.control.ControlMessage.RegionRef;

class PortRegionsTest {
    private static final RegionRef REGION =
            new RegionRef(1, 8 << 20, "/dev/shm/skyway-1-vm-port-vnf2");

    @Test
    void theRightSizeIsNoProblem() {
        assertNull(problem("vnf2", new Memory("skyway-1-vm-port-vnf2", 8)));
    }

    @Test
    void aSizeThatLibvirtDoesNotSayIsNoProblem() {
        assertNull(problem("vnf2", new Memory("skyway-1-vm-port-vnf2", -1)));
    }

    @Test
    void anotherSizeNamesDomainPortAndBothSizes() {
        String problem = problem("vnf2", new Memory("skyway-1-vm-port-vnf2", 4));
        for (String part :
                new String[] {
                    "domain left", "port vnf2", "4 MiB", "8388608 bytes", "<size unit='KiB'>8192<"
                }) {
            assertTrue(problem.contains(part), problem);
        }
    }

    @Test
    void aDomainThatHasThePortButNotItsRegionIsTold() {
        String problem = problem("vnf2", new Memory("skyway-2-vm-port-vnf2", 8));
        assertTrue(
                problem.contains("domain left has no device with region skyway-1-vm-port-vnf2"),
                problem);
    }

    @Test
    void theRegionOfAPortOfAnotherDomainIsNoProblem() {
        assertNull(problem("vnf3", new Memory("skyway-1-vm-port-vnf3", 8)));
    }

    private static String problem(String port, Memory memory) {
        GuestDescription description =
                new GuestDescription(
                        Map.of(port, "org.skyway.pmd.0"),
                        Set.of(),
                        Map.of(),
                        Map.of(),
                        List.of(memory),
                        OptionalInt.empty());
        return PortRegions.problem("left", description, REGION);
    }
}
