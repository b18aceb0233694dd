package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.text.FlowText;

/// One packet's way through the tables. Ends at the first thing that no point-to-point link has.
///
/// @param steps the lookups, in order
/// @param end what becomes of the packet
public record Trace(List<Lookup> steps, String end) {
    private static final long BUDGET = 10_000_000;
    private static final long PORTS = 0xffffffffL << 32;

    /// One lookup.
    ///
    /// @param table the table
    /// @param hit the entry that matched; null for none
    public record Lookup(int table, FlowRule hit) {}

    /// Copies the list.
    public Trace {
        steps = List.copyOf(steps);
    }

    static Trace of(Pipeline pipeline, long[] key) {
        int port = (int) Field.IN_PORT.get(key);
        Cube cube = Decision.entering(port);
        for (int w = FlowKey.IN_PORT + 1; w < FlowKey.PACKET_WORDS; w++) {
            cube.fix(w, -1L, key[w]);
        }
        if (Field.IP_FRAG.get(key) != 0 && pipeline.fragments() != FragmentHandling.MATCHED) {
            cube.free(FlowKey.TRANSPORT, PORTS);
            cube.fix(FlowKey.TRANSPORT, PORTS, 0); // they can't be seen
        }
        List<Trace> ends = new ArrayList<>();
        Explorer.Leaves first =
                new Explorer.Leaves() {
                    @Override
                    public boolean ended(Branch branch) {
                        return end(
                                branch,
                                branch.left
                                        ? "leaves unchanged at port " + Outputs.name(branch.to)
                                        : branch.note == null ? "dropped" : branch.note);
                    }

                    @Override
                    public boolean broken(
                            Branch branch, String reason, FlowRule rule, boolean certain) {
                        return end(branch, reason);
                    }

                    private boolean end(Branch branch, String text) {
                        List<Lookup> steps = new ArrayList<>();
                        for (Step step : Step.lookups(branch.last)) {
                            steps.add(new Lookup(step.table(), step.hit()));
                        }
                        ends.add(new Trace(steps, text));
                        return false;
                    }
                };
        try {
            new Explorer(pipeline, new Grounds(), new Budget(BUDGET), first)
                    .explore(new Branch(port, new SymbolicPacket(cube)));
        } catch (Budget.Exceeded e) {
            ends.add(new Trace(List.of(), "the way is too long to be followed"));
        }
        return ends.getFirst();
    }

    /// The trace as lines for a reader.
    ///
    /// @return a line per lookup and one for the end
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Lookup step : steps) {
            text.append(
                    step.hit == null
                            ? "table %d: no entry matches%n".formatted(step.table)
                            : FlowText.print(step.hit) + System.lineSeparator());
        }
        return text.append("=> ").append(end).append(System.lineSeparator()).toString();
    }
}
