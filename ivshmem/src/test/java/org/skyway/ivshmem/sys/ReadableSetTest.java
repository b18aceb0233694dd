package org.skyway.ivshmem.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadableSetTest {
    private final ReadableSet set = new ReadableSet();
    private final int[] tokens = new int[ReadableSet.MOST_AT_ONCE];

    ReadableSetTest() throws IOException {}

    @AfterEach
    void close() {
        set.close();
    }

    @Test
    void tellsOfEachOnceUntilItIsArmedAgain() throws IOException {
        try (EventDescriptor event = EventDescriptor.create()) {
            int fd = event.descriptor().number();
            assertTrue(set.arm(fd, 7, false));
            assertEquals(0, set.ready(tokens));
            event.signal();
            assertEquals(1, set.ready(tokens));
            assertEquals(7, tokens[0]);
            assertEquals(0, set.ready(tokens));
            assertTrue(set.arm(fd, 8, true));
            assertEquals(1, set.ready(tokens)); // it still can be read
            assertEquals(8, tokens[0]);
        }
    }

    @Test
    void tellsOfNoneThatIsForgotten() throws IOException {
        try (EventDescriptor event = EventDescriptor.create()) {
            int fd = event.descriptor().number();
            assertTrue(set.arm(fd, 1, false));
            event.signal();
            set.forget(fd);
            assertEquals(0, set.ready(tokens));
            assertTrue(set.arm(fd, 2, false));
            assertEquals(1, set.ready(tokens));
        }
    }

    @Test
    void tellsOfAllThatAreThereAfterSomeCalls() throws IOException {
        List<EventDescriptor> events = new ArrayList<>();
        try {
            Set<Integer> expected = new TreeSet<>();
            for (int i = 0; i < 3 * ReadableSet.MOST_AT_ONCE; i++) {
                EventDescriptor event = EventDescriptor.create();
                events.add(event);
                assertTrue(set.arm(event.descriptor().number(), i, false));
                if (i % 2 == 0) {
                    event.signal();
                    expected.add(i);
                }
            }
            Set<Integer> told = new TreeSet<>();
            for (int n = set.ready(tokens); n > 0; n = set.ready(tokens)) {
                for (int i = 0; i < n; i++) {
                    assertTrue(told.add(tokens[i]), "twice");
                }
            }
            assertEquals(expected, told);
        } finally {
            events.forEach(EventDescriptor::close);
        }
    }

    @Test
    void whatIsNoDescriptorIsNotTaken() {
        assertFalse(set.arm(1 << 30, 1, false));
        set.close();
        set.close(); // twice is as good as once
    }
}
