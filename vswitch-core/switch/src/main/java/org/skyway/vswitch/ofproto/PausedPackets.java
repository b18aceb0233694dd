package org.skyway.vswitch.ofproto;

import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.PacketIn;
import org.skyway.openflow.message.Version;
import org.skyway.vswitch.pipeline.Frozen;

/// What is left to do to packets that wait for a controller (`controller(pause)`). A controller
/// gets a number with the packet, and may resume it by that as often as it likes, while it is among
/// the last [#MOST]. Used by the ofproto thread.
final class PausedPackets {
    /// How many are kept.
    static final int MOST = 4096;

    private final Map<Long, Frozen> waiting =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Long, Frozen> eldest) {
                    return size() > MOST;
                }
            };

    // One run's numbers are not another's, which a controller might still know.
    private long last = new SecureRandom().nextLong();

    /// Keeps what is left to do to a packet.
    ///
    /// @return its number; never 0
    long keep(Frozen rest) {
        do {
            last++;
        } while (last == 0);
        waiting.put(last, rest);
        return last;
    }

    /// Goes on with a packet that a controller gives back.
    ///
    /// @throws OpenFlowException if nothing is known to be left to do
    void resume(OfSwitch bridge, PacketIn m, Version version) {
        PacketOuts.checkLength(m.data(), version);
        Frozen rest = waiting.get(m.continuation());
        if (rest == null) {
            throw new OpenFlowException(
                    ErrorCode.NXR_STALE,
                    "no packet waits that has the number 0x%x".formatted(m.continuation()));
        }
        bridge.settle();
        PacketOuts.possible(bridge.forwarding().resume(m.data().toArray(), m.metadata(), rest))
                .run();
    }
}
