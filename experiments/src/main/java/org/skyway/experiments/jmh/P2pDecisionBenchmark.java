package org.skyway.experiments.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.skyway.openflow.model.FlowRule;
import org.skyway.p2p.detect.Change;
import org.skyway.p2p.detect.P2pDetector;

/// How long the detector takes per flow-mod, on average. [P2pStream] has the tail.
///
/// An operation is one flow-mod and the decision about it: a removal or an addition, in turn.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx3g"})
public class P2pDecisionBenchmark {
    /// Which rules.
    @Param({"STEERING", "PIPELINE", "ACL", "ROUTES"})
    public P2pRules.Kind kind;

    /// How many.
    @Param({"1000", "10000", "100000"})
    public int rules;

    /// How many ports.
    @Param({"100"})
    public int ports;

    private final Random random = new Random(2);
    private P2pRules source;
    private P2pDetector detector;
    private List<FlowRule> installed;
    private int flowAt;
    private FlowRule linkRule;
    private boolean flowGone;
    private boolean linkGone;

    /// For JMH.
    public P2pDecisionBenchmark() {}

    /// Fills a detector.
    @Setup(Level.Trial)
    public void fill() {
        source = new P2pRules(kind, ports, 1);
        detector = source.detector();
        source.chain().forEach(detector::ruleAdded);
        installed = new ArrayList<>();
        for (int i = 0; i < rules; i++) {
            FlowRule rule = source.next();
            installed.add(rule);
            detector.ruleAdded(rule);
        }
        detector.update();
    }

    /// A flow-mod about flows of a port without a link.
    ///
    /// @return what changed
    @Benchmark
    public List<Change> flowModElsewhere() {
        if (flowGone) {
            detector.ruleAdded(installed.get(flowAt));
        } else {
            flowAt = random.nextInt(installed.size());
            detector.ruleRemoved(installed.get(flowAt));
        }
        flowGone = !flowGone;
        return detector.update();
    }

    /// A flow-mod that makes or ends a link.
    ///
    /// @return what changed
    @Benchmark
    public List<Change> flowModOfALink() {
        if (linkGone) {
            detector.ruleAdded(linkRule);
        } else {
            List<FlowRule> chain = source.chain(1 + random.nextInt(ports / 2));
            linkRule = chain.get(random.nextInt(chain.size()));
            detector.ruleRemoved(linkRule);
        }
        linkGone = !linkGone;
        return detector.update();
    }
}
