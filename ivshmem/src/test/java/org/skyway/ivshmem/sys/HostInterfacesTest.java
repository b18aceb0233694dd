package org.skyway.ivshmem.sys;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class HostInterfacesTest {
    @Test
    void theLoopbackIsThereAndNoOtherOfAPartOfItsName() throws IOException {
        assertTrue(HostInterfaces.have("lo"));
        assertFalse(HostInterfaces.have("l"));
        assertFalse(HostInterfaces.have("nosuchone"));
    }
}
