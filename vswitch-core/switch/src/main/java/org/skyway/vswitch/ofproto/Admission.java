package org.skyway.vswitch.ofproto;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.skyway.openflow.message.AsyncMessage;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.wire.OpenFlowCodec;

/// Whether a controller that is connected has taken the switch over. One that only greets and asks
/// what the switch is may still hang up, as one does that does not know the switch; what it says
/// next, or that it has stayed for a while, shows that it does (Open vSwitch, `is_admitted_msg`).
/// Ofproto thread only.
final class Admission {
    private static final long STAYED_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final Set<Class<? extends Message>> TENTATIVE =
            Set.of(
                    Message.Hello.class,
                    Message.Failure.class,
                    Message.EchoRequest.class,
                    Message.EchoReply.class,
                    Message.FeaturesRequest.class,
                    Message.FeaturesReply.class,
                    Message.GetConfigRequest.class,
                    Message.GetConfigReply.class,
                    Message.SetConfig.class,
                    Message.QueueGetConfigRequest.class,
                    Message.QueueGetConfigReply.class,
                    AsyncMessage.GetAsyncRequest.class,
                    AsyncMessage.GetAsyncReply.class,
                    StatsRequest.QueueDesc.class,
                    StatsRequest.Group.class,
                    StatsRequest.GroupDesc.class,
                    StatsRequest.GroupFeatures.class,
                    StatsRequest.TableFeatures.class,
                    StatsRequest.TableDesc.class);

    private final long connectedNanos;
    private boolean admitted;
    private long lastNanos;

    /// A connection has just been made.
    ///
    /// @param now a [System#nanoTime]
    Admission(long now) {
        connectedNanos = now;
    }

    /// A message came.
    ///
    /// @param now a [System#nanoTime]
    void received(byte[] frame, long now) {
        if (!admitted) {
            admitted = now - connectedNanos >= STAYED_NANOS || shows(frame);
        }
        lastNanos = now;
    }

    private static boolean shows(byte[] frame) {
        try {
            return !TENTATIVE.contains(OpenFlowCodec.head(frame, 0, frame.length).type());
        } catch (OpenFlowException unreadable) {
            return false;
        }
    }

    /// Whether it has shown that it is the switch's controller.
    boolean isAdmitted() {
        return admitted;
    }

    /// When it said something last. Only if it is admitted.
    ///
    /// @return a [System#nanoTime]
    long lastNanos() {
        return lastNanos;
    }
}
