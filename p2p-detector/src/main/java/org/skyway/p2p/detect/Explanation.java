package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.packet.FrameComposer;
import org.skyway.openflow.text.FlowText;
import org.skyway.pipeline.classifier.TableEntry;

/// Why a port has a link, or none.
///
/// @param port the ingress port
/// @param summary the verdict in a sentence
/// @param entries the entries on the link's way, or those that break it
/// @param shadowed entries that packets of this port would match if those on the way were not there
/// @param packet fields of a packet that shows that there is no link; empty for none
/// @param hex the same packet as a frame; empty for none
public record Explanation(
        int port,
        String summary,
        List<String> entries,
        List<String> shadowed,
        String packet,
        String hex) {
    private static final int MOST_SHADOWED = 100;
    private static final long BUDGET = 10_000_000;

    /// Copies the lists.
    public Explanation {
        entries = List.copyOf(entries);
        shadowed = List.copyOf(shadowed);
    }

    static Explanation of(Verdict verdict, Pipeline pipeline) {
        String from = Outputs.name(verdict.from());
        return switch (verdict) {
            case Verdict.Link link ->
                    new Explanation(
                            link.from(),
                            "all packets of port %s leave unchanged at port %s"
                                    .formatted(from, Outputs.name(link.to())),
                            print(link.path()),
                            print(shadowed(link.path(), pipeline, link.from())),
                            "",
                            "");
            case Verdict.NotTaken link ->
                    new Explanation(
                            link.from(),
                            "all packets of port %s leave unchanged at port %s, but no bypass is possible: %s"
                                    .formatted(from, Outputs.name(link.to()), link.reason()),
                            print(link.entries()),
                            List.of(),
                            "",
                            "");
            case Verdict.NoLink none ->
                    new Explanation(
                            none.from(),
                            "port %s has no link: %s".formatted(from, none.reason()),
                            none.breaking() == null ? List.of() : print(List.of(none.breaking())),
                            List.of(),
                            none.example() == null ? "" : FlowText.printKey(none.example()),
                            hex(none));
        };
    }

    /// The example of a verdict as a frame.
    ///
    /// @param none the verdict
    /// @return the frame in hexadecimal; empty if there is no example
    public static String hex(Verdict.NoLink none) {
        byte[] frame = none.example() == null ? null : FrameComposer.compose(none.example());
        return frame == null ? "" : HexFormat.of().formatHex(frame);
    }

    private static List<String> print(Iterable<FlowRule> rules) {
        List<String> lines = new ArrayList<>();
        rules.forEach(rule -> lines.add(FlowText.print(rule)));
        return lines;
    }

    /// What else the packets could match in the tables that they are looked up in.
    private static Set<FlowRule> shadowed(List<FlowRule> path, Pipeline pipeline, int port) {
        Set<FlowRule> shadowed = new LinkedHashSet<>();
        Explorer.Leaves all =
                new Explorer.Leaves() {
                    @Override
                    public boolean ended(Branch branch) {
                        List<Step> steps = Step.lookups(branch.last);
                        List<FlowRule> hits =
                                steps.stream().map(Step::hit).filter(Objects::nonNull).toList();
                        if (!hits.equals(path)) {
                            return true;
                        }
                        steps.forEach(this::addShadowed);
                        return false;
                    }

                    @Override
                    public boolean broken(
                            Branch branch, String reason, FlowRule rule, boolean certain) {
                        return true;
                    }

                    private void addShadowed(Step step) {
                        Iterator<? extends TableEntry> entries =
                                pipeline.overlapping(
                                        step.table(), step.before(), new Budget(BUDGET));
                        while (entries.hasNext() && shadowed.size() < MOST_SHADOWED) {
                            FlowRule rule = entries.next().rule();
                            if (!path.contains(rule)) {
                                shadowed.add(rule);
                            }
                        }
                    }
                };
        try {
            new Explorer(pipeline, new Grounds(), new Budget(BUDGET), all)
                    .explore(new Branch(port, new SymbolicPacket(Decision.entering(port))));
        } catch (Budget.Exceeded e) {
            return shadowed; // those that were found will do
        }
        return shadowed;
    }

    /// The explanation as lines for a reader.
    ///
    /// @return lines
    public String text() {
        StringBuilder text = new StringBuilder(summary).append(System.lineSeparator());
        entries.forEach(e -> text.append("  ").append(e).append(System.lineSeparator()));
        if (!shadowed.isEmpty()) {
            text.append("entries that do not matter:").append(System.lineSeparator());
            shadowed.forEach(e -> text.append("  ").append(e).append(System.lineSeparator()));
        }
        if (!packet.isEmpty()) {
            text.append("for instance ").append(packet).append(System.lineSeparator());
        }
        if (!hex.isEmpty()) {
            text.append("as a frame ").append(hex).append(System.lineSeparator());
        }
        return text.toString();
    }
}
