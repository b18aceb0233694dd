package org.skyway.vswitch.ofproto;

import java.util.concurrent.Executor;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.OfPort;
import org.skyway.vswitch.pipeline.DatapathAction;
import org.skyway.vswitch.tables.FlowEntry;

/// Rules that are learned from packets. Ofproto thread only.
final class LearnedRules {
    private final OfSwitch bridge;
    private final Executor loop;
    private boolean settlesSoon;

    /// @param loop the ofproto thread
    LearnedRules(OfSwitch bridge, Executor loop) {
        this.bridge = bridge;
        this.loop = loop;
    }

    /// Installs a rule that a `learn` action made of a packet, or notes that it was made again.
    ///
    /// @param learned the rule
    void add(DatapathAction.Learned learned) {
        FlowRule rule = learned.rule();
        FlowEntry there = bridge.forwarding().tables().find(rule);
        if (there != null
                && rule.hardTimeout() == 0
                && there.rule().instructions().equals(rule.instructions())) {
            return; // learned before; only a hard timeout would begin anew
        }
        if (there == null && learned.limit() > 0) {
            long made =
                    bridge.tables().entries(rule.table()).stream()
                            .filter(e -> e.rule().cookie() == rule.cookie())
                            .count();
            if (made >= learned.limit()) {
                return;
            }
        }
        FlowMod mod =
                new FlowMod(
                        FlowMod.Command.MODIFY_STRICT,
                        rule.match(),
                        rule.priority(),
                        rule.table(),
                        rule.cookie(),
                        0,
                        rule.cookie(),
                        true,
                        rule.idleTimeout(),
                        rule.hardTimeout(),
                        rule.importance(),
                        -1,
                        OfPort.ANY,
                        -1,
                        rule.flags(),
                        rule.instructions());
        try {
            // Whether its actions make sense for what it matches is not asked, as in Open vSwitch.
            bridge.flows().applyChecked(mod, FlowModder.Requester.SWITCH);
        } catch (OpenFlowException e) {
            // What is learned from packets may be refused, as a full table refuses it; the packet
            // goes on.
            return;
        }
        settleSoon();
    }

    // What is learned in one go becomes effective in one go: each time, cached outcomes are looked
    // through.
    private void settleSoon() {
        if (!settlesSoon) {
            settlesSoon = true;
            loop.execute(() -> {
                settlesSoon = false;
                bridge.faults().survive("ofproto thread: learned rules", bridge::settle);
            });
        }
    }
}
