package org.skyway.vswitch.datapath;

import java.lang.foreign.Arena;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.ivshmem.region.Memory;
import org.skyway.vswitch.pipeline.DatapathAction;
import org.skyway.vswitch.pipeline.DatapathProgram;
import org.skyway.vswitch.pipeline.Frozen;
import org.skyway.vswitch.tables.MeterState;
import org.skyway.vswitch.tables.PortQos;

/// Does a program's actions to one packet in a private buffer. Belongs to one poll thread.
final class PacketExecutor {
    /// Longest packet, tags that are pushed on included.
    static final int MAX_FRAME = RegionHeader.MAX_FRAME;

    /// Room before a packet for tags and labels that are pushed on.
    static final int HEADROOM = 128;

    /// A buffer's size: a multiple of 64 that is odd in lines, so that buffers spread over cache
    /// sets.
    static final int BUFFER_BYTES = HEADROOM + MAX_FRAME + 192;

    private static final int MAX_SAVED = 128; // clones and groups in each other
    private static final int MAX_RECIRCULATIONS = 6; // as in Open vSwitch

    private final OpenBurst burst;
    private final Datapath datapath;
    private final PacketRewriter rewriter = new PacketRewriter();
    private final FlowCache cache;
    private final long saved; // MAX_SAVED + 1 buffers
    private final int[] savedLengths = new int[MAX_SAVED];
    private final int[] savedTags = new int[MAX_SAVED];
    private final int[] savedLabels = new int[MAX_SAVED];
    private int depth; // of what is saved
    private final long[] address = new long[1];
    private final int[] length = new int[1];

    PacketExecutor(OpenBurst burst, Datapath datapath, FlowCache cache, Arena arena) {
        this.burst = burst;
        this.datapath = datapath;
        this.cache = cache;
        saved = arena.allocate((long) (MAX_SAVED + 1) * BUFFER_BYTES, 64).address();
    }

    /// Does a program.
    ///
    /// @param program what to do
    /// @param packet address of the packet, with [#HEADROOM] writable bytes before it and
    ///   [#MAX_FRAME] from it on
    /// @param bytes its length
    /// @return false if the packet was dropped on its way, because there was no room for a tag or a
    ///   label that was to be put on
    boolean run(DatapathProgram program, long packet, int bytes) {
        depth = 0;
        return run(program, packet, packet, bytes, 0);
    }

    /// Does a program to a packet that may have moved in its buffer.
    private boolean run(
            DatapathProgram program, long packet, long from, int bytes, int recirculations) {
        long at = from;
        int n = bytes;
        // Tags that the pipeline knows of: the outermost of those that came, and what was pushed.
        int tags = PacketRewriter.tagged(at, bytes) ? 1 : 0;
        int labels =
                -1; // where the first label is, once one was put on: behind an 802.2 header, if any
        int cut = 0; // bytes to be left out of the next output
        DatapathAction[] actions = program.actions();
        for (int i = 0; i < actions.length; i++) {
            switch (actions[i]) {
                case DatapathAction.Output(int port) -> {
                    output(port, PortQos.DEFAULT_QUEUE, at, Math.max(0, n - cut));
                    cut = 0;
                }
                case DatapathAction.Enqueue(int port, int queue) -> {
                    output(port, queue, at, Math.max(0, n - cut));
                    cut = 0;
                }
                case DatapathAction.Truncate(int most) ->
                        cut = Integer.compareUnsigned(n, most) <= 0 ? 0 : n - most;
                case DatapathAction.Rewrite r ->
                        rewriter.rewrite(at, n, r.values(), r.masks(), tags, labels);
                case DatapathAction.PushVlan(int type, int tci) -> {
                    if (n >= 14) {
                        if (!hasRoom(n, at - packet)) {
                            return false;
                        }
                        at -= 4;
                        n += 4;
                        rewriter.pushVlan(at, type, tci);
                        tags++;
                        labels += labels < 0 ? 0 : 4;
                    }
                }
                case DatapathAction.PopVlan() -> {
                    if (n >= 18) {
                        rewriter.popVlan(at);
                        at += 4;
                        n -= 4;
                        tags--;
                        labels -= labels < 0 ? 0 : 4;
                    }
                }
                case DatapathAction.PushMpls(int type, int entry) -> {
                    if (n >= 14) {
                        if (!hasRoom(n, at - packet)) {
                            return false;
                        }
                        at -= 4;
                        n += 4;
                        labels = rewriter.pushMpls(at, n, type, entry, tags, labels);
                    }
                }
                case DatapathAction.PopMpls(int type) -> {
                    if (rewriter.popMpls(at, n, type, tags, labels)) {
                        at += 4;
                        n -= 4;
                    }
                }
                case DatapathAction.ToController c -> datapath.sink().packetIn(at, n, c);
                case DatapathAction.Metered(MeterState meter) -> {
                    int verdict = meter.admit(burst.log(), n, System.nanoTime());
                    if (verdict == MeterState.DROP) {
                        i = endOfCopy(actions, i); // a copy is dropped, the rest goes on
                    } else if (verdict > 0) {
                        rewriter.raiseDropPrecedence(at, n, verdict, tags);
                    }
                }
                case DatapathAction.Learned learned -> {
                    if (learned.isDue(System.nanoTime())) {
                        datapath.sink().learned(learned);
                    }
                }
                case DatapathAction.Recirculate(Frozen rest) -> {
                    if (recirculations < MAX_RECIRCULATIONS) {
                        Megaflow flow = cache.classify(rest, at, n);
                        if (!run(flow.program, packet, at, n, recirculations + 1)) {
                            return false;
                        }
                    }
                }
                case DatapathAction.IfLonger(int least, int skip) ->
                        i += n - cut > least ? 0 : skip;
                case DatapathAction.Skip(int count) -> i += count;
                case DatapathAction.Save() -> {
                    if (depth == MAX_SAVED) {
                        return false;
                    }
                    Memory.copy(at, savedBuffer(depth), n);
                    savedTags[depth] = tags;
                    savedLabels[depth] = labels;
                    savedLengths[depth++] = n;
                }
                case DatapathAction.Restore() -> {
                    depth--;
                    n = savedLengths[depth];
                    tags = savedTags[depth];
                    labels = savedLabels[depth];
                    at = packet;
                    Memory.copy(savedBuffer(depth), at, n);
                }
            }
        }
        return true;
    }

    // Four bytes more, in front. A packet that went on without its tag would be another VLAN's.
    private static boolean hasRoom(int length, long moved) {
        return length + 4 <= MAX_FRAME && moved >= 4 - HEADROOM;
    }

    /// The action before the one that restores what was saved around `from`, or the last.
    private static int endOfCopy(DatapathAction[] actions, int from) {
        int nested = 0;
        for (int i = from + 1; i < actions.length; i++) {
            if (actions[i] instanceof DatapathAction.Save) {
                nested++;
            } else if (actions[i] instanceof DatapathAction.Restore && nested-- == 0) {
                return i - 1;
            }
        }
        return actions.length - 1;
    }

    private long savedBuffer(int depth) {
        return saved + (long) depth * BUFFER_BYTES;
    }

    private void output(int number, int queue, long packet, int bytes) {
        DatapathPort port = datapath.port(number);
        if (port == null) {
            return; // removed since the program was made
        }
        if (bytes == 0) {
            port.traffic().add(burst.log(), Traffic.TX_DROPPED, 1); // nothing is no packet
            return;
        }
        address[0] = packet;
        length[0] = bytes;
        datapath.sender().send(burst, port, queue, address, length, 0, 1);
    }
}
