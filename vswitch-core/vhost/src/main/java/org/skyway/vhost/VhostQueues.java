package org.skyway.vhost;

import java.lang.foreign.Arena;
import org.skyway.ivshmem.sys.EventDescriptor;

/// Both queues of a device whose driver runs. They belong to poll threads; what is left belongs to
/// the device.
public final class VhostQueues {
    private final GuestMemory memory;
    private final Arena arena = Arena.ofShared();
    private final VhostReceiver receiver;
    private final VhostSender sender;

    VhostQueues(
            String name,
            GuestMemory memory,
            SplitQueue.Place toGuest,
            EventDescriptor toGuestCall,
            SplitQueue.Place fromGuest,
            EventDescriptor fromGuestCall,
            int headerBytes,
            boolean mergeable,
            int maxFrame) {
        this.memory = memory;
        sender =
                new VhostSender(
                        "the queue to " + name,
                        memory,
                        toGuest,
                        headerBytes,
                        toGuestCall,
                        mergeable,
                        arena);
        receiver =
                new VhostReceiver(
                        "the queue from " + name,
                        memory,
                        fromGuest,
                        headerBytes,
                        fromGuestCall,
                        maxFrame,
                        arena);
    }

    /// Where packets come from.
    ///
    /// @return one poll thread's
    public VhostReceiver receiver() {
        return receiver;
    }

    /// Where packets go to.
    ///
    /// @return one poll thread's at a time
    public VhostSender sender() {
        return sender;
    }

    /// Looks whether the guest's memory is still there, and does without it if not. Any thread.
    public void checkMemory() {
        memory.checkMemory();
    }

    /// What the other side did that can't be.
    ///
    /// @return a sentence; null if nothing
    public String fault() {
        if (memory.cutShort() != null) {
            return memory.cutShort();
        }
        String in = receiver.fault();
        return in != null ? in : sender.fault();
    }

    SplitQueue queue(int index) {
        return index == VhostDevice.TO_GUEST ? sender : receiver;
    }

    void close() {
        arena.close();
    }
}
