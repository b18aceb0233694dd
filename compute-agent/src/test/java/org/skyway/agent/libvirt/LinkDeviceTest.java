package org.skyway.agent.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skyway.bypass.control.ControlMessage.RegionRef;

class LinkDeviceTest {
    @Test
    void xmlNamesTheFileItsSizeAndAnAliasOfItsOwn() throws IOException {
        RegionRef region = new RegionRef(0xabc, 8 << 20, "/dev/shm/skyway-1-link-2748");
        String xml = LinkDevice.xml(region);
        assertTrue(xml.contains("<shmem name='skyway-1-link-2748'>"), xml);
        assertTrue(xml.contains("<size unit='KiB'>8192</size>"), xml);
        assertTrue(xml.contains("<alias name='ua-skyway-link-abc'/>"), xml);
        assertEquals("ua-skyway-link-abc", LinkDevice.alias(region));
    }

    /// QEMU ends the virtual machine over such a size.
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2048, 3 << 20, (4 << 20) + 4096})
    void aSizeThatIsNoPowerOfTwoIsNeverLetThrough(long size) {
        RegionRef region = new RegionRef(1, size, "/dev/shm/skyway-1-link-1");
        IOException e = assertThrows(IOException.class, () -> LinkDevice.xml(region));
        assertTrue(e.getMessage().contains(Long.toString(size)), e::getMessage);
    }
}
