package org.skyway.vswitch.ofproto;

import java.util.concurrent.TimeUnit;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a bridge in fail mode `standalone` does without a controller: forward as an ordinary
/// switch.
///
/// With no controller configured at all, that is an ordinary entry of priority 0 in table 0. With
/// controllers that are all away for three probe intervals, it is a hidden entry above all others,
/// until one of them is back. On the ofproto thread.
final class FailSafe {
    /// Above every priority that a controller can give.
    private static final int PRIORITY = 0xf0f0f0;

    private static final int PROBES = 3;
    private static final Logger LOG = LoggerFactory.getLogger(FailSafe.class);
    private static final Instructions NORMAL =
            Instructions.apply(new Action.Output(OfPort.NORMAL, 0));

    private final OfSwitch bridge;
    private long aloneSince = System.nanoTime();
    private FlowEntry entry;

    FailSafe(OfSwitch bridge) {
        this.bridge = bridge;
    }

    /// There is no controller to wait for.
    void noControllers() {
        bridge.flows().addVisible(new FlowRule(0, 0, Match.ANY, NORMAL));
        bridge.settle();
    }

    /// Looks whether there is a controller.
    void check(long now) {
        if (bridge.connections().hasController()) {
            aloneSince = now;
            if (entry != null) {
                LOG.info("{}: a controller is back", bridge.config().bridge());
                bridge.flows().removeHidden(entry);
                entry = null;
                bridge.settle();
            }
            return;
        }
        long patience =
                TimeUnit.SECONDS.toNanos(PROBES * Math.max(1, bridge.config().probeSeconds()));
        if (entry == null && now - aloneSince > patience) {
            LOG.warn(
                    "{}: no controller for {} s; forwarding as an ordinary switch",
                    bridge.config().bridge(),
                    TimeUnit.NANOSECONDS.toSeconds(patience));
            entry = bridge.flows().addHidden(new FlowRule(0, PRIORITY, Match.ANY, NORMAL));
            bridge.settle();
        }
    }
}
