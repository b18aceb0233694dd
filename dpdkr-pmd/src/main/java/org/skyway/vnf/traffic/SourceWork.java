package org.skyway.vnf.traffic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.skyway.vnf.frame.FrameSupply;
import org.skyway.vnf.run.Burst;
import org.skyway.vnf.run.CountedPort;
import org.skyway.vnf.run.Work;

/// Sends frames, at a rate or as fast as they are taken. What a full ring refuses is sent later, so
/// nothing is lost here. What arrives is looked at by nobody, but has to be taken: see
/// [org.skyway.pmd.port.PmdPort].
public final class SourceWork implements Work {
    private final CountedPort port;
    private final FrameSupply frames;
    private final Pacer pacer; // null: flat out
    private final long limit;
    private final boolean discards;
    private final Burst out;
    private final Burst in;
    private long sequence;

    /// A source.
    ///
    /// @param port where to send
    /// @param frames what to send; closed with the work
    /// @param packetsPerSecond how fast; 0 for flat out
    /// @param limit how many; the frames may end earlier
    /// @param burst packets at a time
    /// @param discards whether it takes what arrives; false if something else receives there
    public SourceWork(
            CountedPort port,
            FrameSupply frames,
            double packetsPerSecond,
            long limit,
            int burst,
            boolean discards) {
        this.port = port;
        this.frames = frames;
        this.limit = Math.min(limit, frames.frames());
        this.discards = discards;
        pacer = packetsPerSecond > 0 ? new Pacer(packetsPerSecond) : null;
        out = new Burst(burst);
        in = new Burst(burst);
    }

    @Override
    public int poll() {
        final int received = discards ? port.receive(in) : 0;
        int count = (int) Math.min(out.addresses.length, limit - sequence);
        // Frames are made with the time at which they are sent, so not before there is room.
        if (!port.port().txHasRoom(count)) {
            return received;
        }
        final long now = System.nanoTime();
        if (pacer != null) {
            count = pacer.due(now, count);
        }
        if (count == 0) {
            return received;
        }
        frames.prepare(sequence, count, now, out.addresses, out.lengths);
        out.from = 0;
        out.to = count;
        final int sent = port.send(out);
        sequence += sent;
        if (pacer != null) {
            pacer.sent(sent);
        }
        return sent + received;
    }

    @Override
    public int drain() {
        if (discards) {
            return port.receive(in);
        }
        port.port().poll();
        return 0;
    }

    @Override
    public boolean isDone() {
        return sequence == limit;
    }

    @Override
    public List<CountedPort> ports() {
        return List.of(port);
    }

    @Override
    public void describe(ObjectNode report, boolean last) {
        // The port's counters say it all.
    }

    @Override
    public String remark() {
        return frames.remark();
    }

    @Override
    public void close() {
        frames.close();
    }
}
