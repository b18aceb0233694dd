package org.skyway.vswitch.dropin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PortErrorsTest {
    private final PortErrors errors = new PortErrors();

    @Test
    void eachIsSaidOnceUntilItWasGone() {
        assertEquals(List.of("port a: no"), errors.say(Map.of("a", "no")));
        assertEquals(List.of(), errors.say(Map.of("a", "no")));
        assertEquals(List.of("port b: no"), errors.say(Map.of("a", "no", "b", "no")));
        assertEquals(List.of("port a: never"), errors.say(Map.of("a", "never")));
        assertEquals(List.of("port b: no"), errors.say(Map.of("b", "no")));
    }

    @Test
    void ofManyTheFirstAreSaid() {
        Map<String, String> all = new HashMap<>();
        for (int i = 100; i < 1100; i++) {
            all.put("p" + i, "no");
        }
        List<String> said = errors.say(all);
        assertEquals(10, said.size());
        assertEquals("port p100: no", said.getFirst());
        assertEquals(List.of(), errors.say(all));
    }
}
