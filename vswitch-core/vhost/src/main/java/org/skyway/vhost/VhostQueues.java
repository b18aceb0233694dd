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
    private final long offloads;
    private final Completion completion; // null if the guest leaves nothing to others

    VhostQueues(
            String name,
            GuestMemory memory,
            SplitQueue.Place toGuest,
            EventDescriptor toGuestCall,
            SplitQueue.Place fromGuest,
            EventDescriptor fromGuestCall,
            int headerBytes,
            boolean mergeable,
            int maxFrame,
            long offloads) {
        this.memory = memory;
        this.offloads = offloads;
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
                        offloads,
                        arena);
        completion = offloads == 0 ? null : new Completion(receiver, arena, maxFrame);
    }

    /// Shows packets that nothing is to be done to any more: checksums are filled in, and what was
    /// to be cut into segments is. Like [VhostReceiver#peek], and by the same thread.
    ///
    /// @param addresses receives where each packet is; valid until [VhostReceiver#release]
    /// @param lengths receives its length in bytes
    /// @param max how many at most, up to [VhostReceiver#MOST_IN_BURST]
    /// @return how many
    public int peekComplete(long[] addresses, int[] lengths, int max) {
        return completion == null
                ? receiver.peek(addresses, lengths, max)
                : completion.peek(addresses, lengths, max);
    }

    /// Whether packets can go to another guest as they are, with what is left to it: the other one
    /// takes whatever this one may leave, and nothing is still to be shown by [#peekComplete].
    ///
    /// @param to queues of the other guest
    /// @return false if this one leaves nothing to others
    public boolean canPass(VhostQueues to) {
        return completion != null && completion.isIdle() && takes(to);
    }

    /// Whether the other guest takes whatever this one may leave to it.
    ///
    /// @param to queues of the other guest
    /// @return true if so
    public boolean takes(VhostQueues to) {
        return Offloads.pass(offloads, to.offloads);
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
