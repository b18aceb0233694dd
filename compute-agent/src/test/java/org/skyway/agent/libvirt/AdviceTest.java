package org.skyway.agent.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Sentences of libvirt 9.0 and QEMU 7.2.
class AdviceTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "internal error: No more available PCI slots|free slots on the first bus",
                "XML error: No PCI buses available|machine type pc",
                "internal error: unable to execute QEMU command 'object-add': can't open backing store /dev/shm/x for guest RAM: Permission denied|run the agent as root",
                "Domain not found: no domain with matching name 'vm1'|was it stopped",
                "internal error: unable to execute QEMU command 'device_add': 'ivshmem-plain' is not a valid device model name|built without ivshmem",
                "internal error: unable to execute QEMU command 'object-add': os_mem_prealloc: Cannot allocate memory|/dev/shm"
            })
    void knownErrorsComeWithAdvice(String error, String advice) {
        String text = Advice.on(error);
        assertTrue(text.startsWith(error) && text.contains(advice), text);
    }

    @Test
    void othersStayWhatTheyAre() {
        assertEquals("out of order", Advice.on("out of order"));
        assertEquals("no reason given", Advice.on(null));
    }
}
