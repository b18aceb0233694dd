package org.skyway.pmd.port;

import java.util.concurrent.ConcurrentLinkedQueue;
import org.skyway.bypass.channel.ControlBlock;

/// The links attached to a port, by slot, and what went wrong with them. The table belongs to the
/// data thread.
final class PmdLinks {
    private final LinkEnd[] bySlot = new LinkEnd[ControlBlock.SLOTS];
    private final ConcurrentLinkedQueue<LinkFault> faults = new ConcurrentLinkedQueue<>();

    /// @return the link; null if none is attached there, or there is no such slot
    LinkEnd at(int slot) {
        return slot < bySlot.length ? bySlot[slot] : null;
    }

    void put(LinkEnd link) {
        bySlot[link.slot] = link;
    }

    void remove(LinkEnd link) {
        bySlot[link.slot] = null;
    }

    LinkEnd[] all() {
        return bySlot;
    }

    /// Notes that the peer of a link broke it. Happens once per link and direction, so it may
    /// allocate.
    void faulty(LinkEnd link, String fault) {
        faults.add(
                new LinkFault(
                        link.slot,
                        "link %s at slot %d is not used any more: %s; the normal channel goes on"
                                .formatted(link.name, link.slot, fault)));
    }

    /// The next fault that nobody has been told of, or null. On any thread.
    LinkFault takeFault() {
        return faults.poll();
    }
}
