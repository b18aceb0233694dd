package org.skyway.vswitch.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class SwitchConfigTest {
    @Test
    void aBridgeIsNotNamedLikeADirectoryElsewhere() {
        for (String name : List.of("", ".", "..", "a/b", "../x", "a\\b", "sixteen-letters-")) {
            ConfigException e =
                    assertThrows(
                            ConfigException.class,
                            () -> SwitchConfig.defaults().forBridge(name, 1),
                            name);
            assertTrue(e.getMessage().startsWith("bridge name \"" + name + "\""), e::getMessage);
        }
        for (String name : List.of("br0", "...", "..a", "s1-eth1", "_", "fifteen-letters")) {
            assertEquals(name, SwitchConfig.defaults().forBridge(name, 1).bridge());
        }
    }
}
