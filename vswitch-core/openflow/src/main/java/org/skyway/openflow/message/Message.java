package org.skyway.openflow.message;

import java.util.List;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.PortState;

/// What one side of an OpenFlow connection says to the other.
public sealed interface Message
        permits Message.Hello,
                Message.Failure,
                Message.EchoRequest,
                Message.EchoReply,
                Message.FeaturesRequest,
                Message.GetConfigRequest,
                Message.SetConfig,
                Message.BarrierRequest,
                Message.QueueGetConfigRequest,
                AsyncMessage,
                BundleMessage,
                ExtensionMessage,
                FlowMod,
                FromSwitch,
                GroupMod,
                MeterMod,
                PacketOut,
                PortMod,
                RoleMessage,
                StatsRequest,
                TableMod {
    /// Greets and says which versions are spoken.
    ///
    /// @param versions bit `n` is set for wire version `n`
    record Hello(int versions) implements Message {}

    /// OFPT_ERROR: a request was refused.
    ///
    /// @param numbers what stands for the error in the connection's version
    /// @param data the first bytes of the offending message
    record Failure(ErrorCode.Numbers numbers, Bytes data) implements Message {}

    /// Asks whether the other side is alive.
    ///
    /// @param data comes back
    record EchoRequest(Bytes data) implements Message {}

    /// Says that this side is alive.
    ///
    /// @param data what came in the request
    record EchoReply(Bytes data) implements Message {}

    /// Asks for a [FeaturesReply].
    record FeaturesRequest() implements Message {}

    /// What the switch is.
    ///
    /// @param datapathId its id
    /// @param buffers how many packets it can buffer
    /// @param tables how many tables it has
    /// @param auxiliaryId 0 for the main connection
    /// @param capabilities OFPC_ bits
    /// @param actions OpenFlow 1.0: bit `n` is set if action type `n` is supported
    /// @param ports OpenFlow 1.0: all ports; else empty
    record FeaturesReply(
            long datapathId,
            int buffers,
            int tables,
            int auxiliaryId,
            int capabilities,
            int actions,
            List<PortState> ports)
            implements FromSwitch {
        /// Copies the lists.
        public FeaturesReply {
            ports = List.copyOf(ports);
        }
    }

    /// Asks for a [GetConfigReply].
    record GetConfigRequest() implements Message {}

    /// The configuration as this connection sees it.
    ///
    /// @param flags OFPC_FRAG_ and OFPC_INVALID_TTL_TO_CONTROLLER bits
    /// @param missSendLength bytes of a packet that a packet-in for a table miss carries
    record GetConfigReply(int flags, int missSendLength) implements FromSwitch {}

    /// Changes the configuration.
    ///
    /// @param flags OFPC_FRAG_ and OFPC_INVALID_TTL_TO_CONTROLLER bits
    /// @param missSendLength bytes of a packet that a packet-in for a table miss carries
    record SetConfig(int flags, int missSendLength) implements Message {}

    /// A port came, went or changed.
    ///
    /// @param reason OFPPR_ code: 0 added, 1 removed, 2 changed
    /// @param port the port now, or as it last was
    record PortStatus(int reason, PortState port) implements FromSwitch {}

    /// A table got fuller or emptier than a controller said (OpenFlow 1.4).
    ///
    /// @param reason OFPTR_ code
    /// @param table the table's configuration
    record TableStatus(int reason, TableConfig table) implements FromSwitch {}

    /// Another controller changed a group or a meter (OpenFlow 1.4).
    ///
    /// @param request the request, header included
    record RequestForward(Bytes request) implements FromSwitch {}

    /// Asks to be told when all before it is done.
    record BarrierRequest() implements Message {}

    /// All before the request is done.
    record BarrierReply() implements FromSwitch {}

    /// Asks for a port's queues (until OpenFlow 1.3).
    ///
    /// @param port the port, or [OfPort#ANY]
    record QueueGetConfigRequest(int port) implements Message {}

    /// A port's queues. Their properties are not modelled: Open vSwitch tells none.
    ///
    /// @param port the port, or [OfPort#ANY]
    /// @param queues the queues; their counters have no meaning
    record QueueGetConfigReply(int port, List<QueueStats> queues) implements FromSwitch {
        /// Copies the lists.
        public QueueGetConfigReply {
            queues = List.copyOf(queues);
        }
    }
}
