package org.skyway.vswitch.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.LearnSpec;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.SubField;

/// What a `learn` action makes of a packet: the rule to be installed.
final class Learning {
    private Learning() {}

    /// Makes the rule.
    ///
    /// @param learn the action
    /// @param packet the packet, of which the fields that are copied are examined
    /// @return the rule
    static FlowRule rule(Action.Learn learn, PipelinePacket packet) {
        Match.Builder match = Match.builder();
        List<Action> actions = new ArrayList<>();
        if (learn.finIdleTimeout() != 0 || learn.finHardTimeout() != 0) {
            actions.add(new Action.FinTimeout(learn.finIdleTimeout(), learn.finHardTimeout()));
        }
        for (LearnSpec spec : learn.specs()) {
            if (spec.source() != null) {
                packet.examine(spec.source().field());
            }
            long high = spec.high(packet.key);
            long low = spec.low(packet.key);
            switch (spec.kind()) {
                case MATCH -> match.part(spec.target(), high, low);
                case LOAD -> actions.add(load(spec.target(), high, low));
                case OUTPUT -> output(spec, high, low, actions);
            }
        }
        return new FlowRule(
                learn.table(),
                learn.priority(),
                match.build(),
                Instructions.apply(actions),
                learn.cookie(),
                learn.idleTimeout(),
                learn.hardTimeout(),
                learn.flags() & FlowRule.SEND_FLOW_REMOVED,
                0);
    }

    private static Action load(SubField f, long high, long low) {
        return f.bits() <= Long.SIZE
                ? new Action.Load(f, low)
                : new Action.SetField(
                        f.field(),
                        f.placeHigh(high, low),
                        f.placeLow(low),
                        f.maskHigh(),
                        f.maskLow(),
                        Action.SetField.Form.REG_LOAD);
    }

    // Where a packet came from may be no port that one could send to.
    private static void output(LearnSpec spec, long high, long low, List<Action> actions) {
        if (high != 0 || low >>> 16 != 0 && spec.bits() > 16) {
            return;
        }
        int port = OfPort.of16((int) low & 0xffff);
        boolean possible =
                switch (port) {
                    case OfPort.IN_PORT, OfPort.FLOOD, OfPort.LOCAL, OfPort.ALL -> true;
                    default -> port >= 0;
                };
        if (possible) {
            actions.add(new Action.Output(port, 0));
        }
    }
}
