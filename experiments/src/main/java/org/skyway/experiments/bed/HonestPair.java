package org.skyway.experiments.bed;

import com.fasterxml.jackson.databind.JsonNode;

/// A source and a sink between which nothing may be lost, doubled, reordered or changed, whatever
/// others do. One thread.
public final class HonestPair {
    private final String name;
    private final HonestVnf source;
    private final HonestVnf sink;
    private final int id;
    private final String match;
    private int sourceStatus;

    /// A pair that runs.
    ///
    /// @param name for people
    /// @param source sends all its packets to the sink
    /// @param sink gets packets of nobody else with its source id
    /// @param id of the source
    /// @param match words that are in the entries for the source's packets, and no others
    public HonestPair(String name, HonestVnf source, HonestVnf sink, int id, String match) {
        this.name = name;
        this.source = source;
        this.sink = sink;
        this.id = id;
        this.match = match;
    }

    /// Ends the source; what it sent reaches the sink.
    public void stopSource() {
        sourceStatus = source.isAlive() ? source.stop() : -1;
    }

    /// Ends the sink too, and judges both. After [#stopSource].
    ///
    /// @param verdicts where
    /// @param vswitch the switch, whose counters must say the same
    /// @param mayDrop whether packets may be missing that one of the two ports counts as dropped:
    ///   the sink's VNF gets too little of the machine to take them
    public void judge(Verdicts verdicts, SwitchProcess vswitch, boolean mayDrop) {
        boolean alive = sink.isAlive() && sourceStatus == 0;
        if (!alive) {
            verdicts.judge(
                    "pair " + name,
                    false,
                    sourceStatus == 0
                            ? "the VNF of port " + sink.port() + " ended"
                            : "the VNF of port %s ended with status %d"
                                    .formatted(source.port(), sourceStatus));
            return;
        }
        int status = sink.stop();
        HonestVnf.Stream s = sink.from(id);
        JsonNode from = vswitch.port(source.port());
        JsonNode to = vswitch.port(sink.port());
        long dropped = from.get("rxDropped").asLong() + to.get("txDropped").asLong();
        long sent = source.sent();
        verdicts.judge(
                "pair " + name,
                status == 0
                        && sent > 0
                        && sent - s.packets() == (mayDrop ? dropped : 0)
                        && s.duplicates() + s.reordered() + sink.corrupt() == 0,
                "%,d sent, %,d came, %d lost, %d dropped and counted, %d twice, %d reordered, %d wrong%s"
                        .formatted(
                                sent,
                                s.packets(),
                                sent - s.packets() + s.duplicates() - dropped,
                                dropped,
                                s.duplicates(),
                                s.reordered(),
                                sink.corrupt(),
                                status == 0 ? "" : "; the sink ended with status " + status));
        long rx = from.get("rxPackets").asLong();
        long entries = vswitch.packetsOf(match);
        long tx = to.get("txPackets").asLong();
        long received = sink.received();
        verdicts.judge(
                "counters of pair " + name,
                sent == rx && entries == rx && tx == received,
                "VNF sent %,d, port %,d, entries %,d; port sent %,d, VNF got %,d; dropped %d and %d"
                        .formatted(
                                sent,
                                rx,
                                entries,
                                tx,
                                received,
                                from.get("rxDropped").asLong(),
                                to.get("txDropped").asLong()));
    }
}
