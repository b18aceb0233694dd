package org.skyway.experiments.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.skyway.experiments.conformance.generate.Case;

/// Makes a case that shows a difference as small as it gets by leaving parts of it out.
final class Shrinker {
    private static final int MOST_TRIES = 150;

    private final Predicate<Case> stillDiffers;
    private int tries;

    Shrinker(Predicate<Case> stillDiffers) {
        this.stillDiffers = stillDiffers;
    }

    Case shrink(Case original) {
        Case c = original;
        c = without(c, c.rounds(), kept -> with(original, null, null, null, kept));
        Case fewRounds = c;
        c = without(c, c.packetOuts(), outs -> withPacketOuts(fewRounds, outs));
        Case base = c;
        c = without(c, c.damage(), damage -> with(base, null, null, damage, null));
        Case noDamage = c;
        c = without(c, c.flows(), flows -> with(noDamage, null, flows, null, null));
        Case fewFlows = c;
        c = without(c, c.groups(), groups -> with(fewFlows, groups, null, null, null));
        for (int r = 0; r < c.rounds().size(); r++) {
            for (int port : List.copyOf(c.rounds().get(r).keySet())) {
                List<Map<Integer, byte[]>> rounds = new ArrayList<>(c.rounds());
                Map<Integer, byte[]> round = new TreeMap<>(rounds.get(r));
                round.remove(port);
                rounds.set(r, round);
                c = better(c, with(c, null, null, null, rounds));
            }
        }
        return c;
    }

    // Leaves out halves, quarters, … of a list, as far as the difference stays.
    private <T> Case without(Case start, List<T> parts, Function<List<T>, Case> make) {
        Case best = start;
        List<T> left = parts;
        for (int chunk = Math.max(1, parts.size() / 2); chunk >= 1; chunk /= 2) {
            for (int at = 0; at < left.size(); ) {
                List<T> fewer = new ArrayList<>(left.subList(0, at));
                fewer.addAll(left.subList(Math.min(at + chunk, left.size()), left.size()));
                Case candidate = make.apply(fewer);
                if (tries++ < MOST_TRIES && stillDiffers.test(candidate)) {
                    best = candidate;
                    left = fewer;
                } else {
                    at += chunk;
                }
            }
        }
        return best;
    }

    private Case better(Case now, Case candidate) {
        return tries++ < MOST_TRIES && stillDiffers.test(candidate) ? candidate : now;
    }

    private static Case withPacketOuts(Case c, List<String> packetOuts) {
        return new Case(
                c.seed(),
                c.version(),
                c.meters(),
                c.groups(),
                c.flows(),
                c.damage(),
                c.rounds(),
                packetOuts,
                c.stateful());
    }

    private static Case with(
            Case c,
            List<String> groups,
            List<String> flows,
            List<Long> damage,
            List<Map<Integer, byte[]>> rounds) {
        return new Case(
                c.seed(),
                c.version(),
                c.meters(),
                groups == null ? c.groups() : groups,
                flows == null ? c.flows() : flows,
                damage == null ? c.damage() : damage,
                rounds == null ? c.rounds() : rounds,
                c.packetOuts(),
                c.stateful());
    }
}
