package org.skyway.vswitch.port;

import java.util.List;
import org.skyway.ivshmem.sys.EventDescriptor;

/// Finds events by which a peer holds up the poll thread that wakes it. The thread of the sockets.
final class HeldEvents {
    private EventDescriptor suspect; // was being signalled at the last tick

    /// Looks at a peer's events, and frees who is held up. At each tick: one that is being
    /// signalled at two in a row may be one that waits.
    ///
    /// @return what is wrong; null for nothing
    String look(List<EventDescriptor> events) {
        for (EventDescriptor event : events) {
            if (event.isStuck()) {
                if (event == suspect && event.release()) {
                    return "it holds up whoever wakes it";
                }
                suspect = event;
                return null;
            }
        }
        suspect = null;
        return null;
    }

    /// Frees who is held up: a poll thread that is never settles.
    static void free(List<EventDescriptor> events) {
        events.stream().filter(EventDescriptor::isStuck).forEach(EventDescriptor::release);
    }
}
