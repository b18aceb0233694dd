package org.skyway.experiments.caches;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `skyway experiment caches`: what flow-mods and learned addresses cost packets that they do not
/// touch.
@Command(
        name = "caches",
        mixinStandardHelpOptions = true,
        description = {
            "Packets of 10,000 known flows, while 1,000 unrelated flow-mods come a second, and while",
            "100 new addresses are learned a second under NORMAL: cache misses and the poll thread's",
            "time for a packet, against quiet rounds in turn. Exits with 0 if neither is more than",
            "1.1 times the quiet one."
        })
public final class CachesCommand implements Callable<Integer> {
    // spotless:off
    @Option(names = "--rounds", description = "of each kind (default: ${DEFAULT-VALUE})")
    private int rounds = 9;
    @Option(names = "--seconds", description = "of a round (default: ${DEFAULT-VALUE})")
    private double seconds = 2;
    @Option(names = "--rate", description = "packets a second; 0: flat out (default: ${DEFAULT-VALUE})")
    private int rate = 200_000;
    @Option(names = "--ovs", paramLabel = "DIR",
            description = {
                "measures Open vSwitch with DPDK too, flat out; / if it is installed, else where",
                "Debian's packages openvswitch-switch-dpdk and librte-* were unpacked"
            })
    private String ovs;
    // spotless:on

    /// For picocli.
    public CachesCommand() {}

    @Override
    public Integer call() {
        boolean good = compare("1,000 flow-mods a second", () -> new SkywaySubject(false, rate), 0);
        good &= compare("100 new addresses a second", () -> new SkywaySubject(true, rate), 100);
        if (ovs != null) {
            compare("1,000 flow-mods a second", () -> OvsSubject.start(ovs, false), 0);
            compare("100 new addresses a second", () -> OvsSubject.start(ovs, true), 100);
        }
        return good ? 0 : 1;
    }

    // A packet of a new address is a miss by itself, whatever becomes of the others.
    private boolean compare(String what, Supplier<Subject> make, int unavoidable) {
        List<Double> quiet = new ArrayList<>();
        List<Double> disturbed = new ArrayList<>();
        long quietMisses = 0;
        long otherMisses = 0;
        try (Subject subject = make.get()) {
            warmUp(subject);
            subject.run(seconds, true);
            for (int round = 0; round < rounds; round++) {
                Subject.Reading q = subject.run(seconds, false);
                Subject.Reading d = subject.run(seconds, true);
                quiet.add(q.nanos() / q.packets());
                disturbed.add(d.nanos() / d.packets());
                quietMisses += q.misses();
                otherMisses += d.misses();
            }
            Collections.sort(quiet);
            Collections.sort(disturbed);
            double ratio = middle(disturbed) / middle(quiet);
            double length = rounds * seconds;
            double avoidable = Math.max(0, otherMisses / length - unavoidable);
            System.out.printf(
                    "%-12s %-28s quiet %6.1f ns (%.1f to %.1f), %.1f misses/s;"
                            + " disturbed %6.1f ns (%.1f to %.1f), %.1f misses/s; ratio %.3f%n",
                    subject.name(),
                    what,
                    middle(quiet),
                    quiet.getFirst(),
                    quiet.getLast(),
                    quietMisses / length,
                    middle(disturbed),
                    disturbed.getFirst(),
                    disturbed.getLast(),
                    otherMisses / length,
                    ratio);
            return ratio <= 1.1 && avoidable <= Math.max(1, 1.1 * quietMisses / length);
        }
    }

    // Until every flow is known, which takes a while on a busy machine.
    private void warmUp(Subject subject) {
        for (int i = 0; i < 30 && subject.run(seconds, false).misses() > 0; i++) {
            Thread.onSpinWait();
        }
    }

    private static double middle(List<Double> sorted) {
        return sorted.get(sorted.size() / 2);
    }
}
