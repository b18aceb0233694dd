package org.skyway.experiments.conformance.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.skyway.openflow.packet.FrameParser;

/// Makes a case from a seed.
public final class CaseGenerator {
    private static final int[] VERSIONS = {1, 3, 4, 4, 5, 6};
    private static final int ROUNDS = 6;

    private final Random random;
    private final Pools pools;
    private final FrameGenerator frames;
    private final Set<Feature> features;
    private final int ports;

    /// A generator.
    ///
    /// @param seed that the case is made from
    /// @param ports how many ports get packets
    /// @param features what the case may hold
    public CaseGenerator(long seed, int ports, Set<Feature> features) {
        random = new Random(seed * 0x9e3779b97f4a7c15L);
        pools = new Pools(random, (int) seed);
        frames = new FrameGenerator(pools);
        this.features = features;
        this.ports = ports;
        this.seed = seed;
    }

    private final long seed;

    /// Makes the case.
    ///
    /// @return always the same for the same seed and features
    public Case next() {
        int version = VERSIONS[random.nextInt(VERSIONS.length)];
        List<Map<Integer, byte[]>> rounds = new ArrayList<>();
        List<long[]> keys = new ArrayList<>();
        Layers layers = Layers.values()[random.nextInt(Layers.values().length)];
        frames.layers(layers);
        boolean normal = features.contains(Feature.NORMAL) && random.nextInt(8) == 0;
        boolean learn = features.contains(Feature.LEARN) && random.nextInt(8) == 0;
        boolean stateful = normal || learn;
        List<byte[]> seen = new ArrayList<>();
        for (int r = 0; r < ROUNDS; r++) {
            Map<Integer, byte[]> round = new TreeMap<>();
            for (int port = 1; port <= ports; port++) {
                if (stateful && port != 1 + r % ports) {
                    continue;
                }
                byte[] frame = frame(seen);
                seen.add(frame);
                round.put(port, frame);
                keys.add(FrameParser.parse(frame, port));
            }
            rounds.add(round);
        }
        RuleGenerator rules =
                new RuleGenerator(random, version, features, normal, learn, layers, keys, pools);
        List<String> meters = rules.meters();
        List<String> groups = rules.groups();
        List<String> flows = rules.flows();
        List<Long> damage = new ArrayList<>();
        if (features.contains(Feature.GARBAGE)) {
            for (int i = random.nextInt(4); i > 0; i--) {
                damage.add(random.nextLong());
            }
        }
        List<String> packetOuts = new ArrayList<>();
        if (features.contains(Feature.PACKET_OUTS) && random.nextInt(3) == 0) {
            packetOuts.add(rules.packetOut(seen.get(random.nextInt(seen.size()))));
        }
        return new Case(seed, version, meters, groups, flows, damage, rounds, packetOuts, stateful);
    }

    private byte[] frame(List<byte[]> seen) {
        if (seen.isEmpty() || random.nextInt(100) < 60) {
            return frames.next();
        }
        byte[] before = seen.get(random.nextInt(seen.size()));
        return random.nextInt(100) < 40 ? before : frames.like(before);
    }
}
