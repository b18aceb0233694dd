package org.skyway.experiments.figures;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.skyway.experiments.conformance.FlowModRate;
import org.skyway.experiments.conformance.lab.Lab;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.RatioRow;

/// How fast the real `ovs-ofctl` installs, lists and deletes entries, on both switches.
final class FlowModsRow implements FigureRow {
    private static final String OVS = "Open vSwitch";
    private static final String SKYWAY = "Skyway";
    private static final double START_SECONDS = 10;

    FlowModsRow() {}

    @Override
    public String name() {
        return "flow-mods";
    }

    private static int flows(Plan plan) {
        return plan.quick() ? 5_000 : 100_000;
    }

    private static double roundSeconds(Plan plan) {
        return START_SECONDS + flows(plan) / 100_000.0 * 22;
    }

    @Override
    public double seconds(Plan plan) {
        return plan.rounds() * roundSeconds(plan);
    }

    @Override
    public String missing(Plan plan) {
        return Lab.missing();
    }

    @Override
    public List<RatioRow> measure(MeasuredSession session) {
        int flows = flows(session.plan());
        Map<String, ToDoubleFunction<FlowModRate.Seconds>> kinds = new LinkedHashMap<>();
        kinds.put("add", FlowModRate.Seconds::add);
        kinds.put("bundle", FlowModRate.Seconds::bundle);
        kinds.put("delete", FlowModRate.Seconds::delete);
        kinds.put("dump", FlowModRate.Seconds::dump);
        for (int round = 1; round <= session.plan().rounds(); round++) {
            // Both are new in each round: a controller installs most of its rules right after a
            // switch
            // starts.
            record Both(FlowModRate.Seconds ovs, FlowModRate.Seconds skyway) {}
            try (Lab lab = new Lab(line -> session.chronicle().write("vswitchd", line))) {
                var framed =
                        session.framed(
                                List.of(),
                                List.of(),
                                () ->
                                        new Both(
                                                FlowModRate.of(
                                                        lab.ovs(),
                                                        lab.scratch().resolve("f"),
                                                        flows),
                                                FlowModRate.of(
                                                        lab.skyway(),
                                                        lab.scratch().resolve("f"),
                                                        flows)));
                for (var kind : kinds.entrySet()) {
                    Key key = key(kind.getKey(), SKYWAY);
                    double ours = flows / kind.getValue().applyAsDouble(framed.value().skyway);
                    double theirs = flows / kind.getValue().applyAsDouble(framed.value().ovs);
                    session.keep(key, round, ours, framed.conditions());
                    session.keep(key.of(OVS), round, theirs, framed.conditions());
                }
            }
            session.advance(roundSeconds(session.plan()), "bench, flow-mods, round " + round);
        }
        List<RatioRow> verdicts = new ArrayList<>();
        for (String kind : kinds.keySet()) {
            verdicts.add(
                    Ratios.ratio(
                            session,
                            "flow-mods-" + kind,
                            "%,d entries, %s, entries a second".formatted(flows, kind),
                            key(kind, SKYWAY),
                            key(kind, OVS),
                            1,
                            false));
        }
        return verdicts;
    }

    private static Key key(String kind, String path) {
        return Ratios.key("flow-mods-" + kind, Method.NONE, path, "rate", "1/s");
    }
}
