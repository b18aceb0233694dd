package org.skyway.openflow.message;

import java.util.List;
import org.skyway.openflow.model.Bytes;

/// What Open vSwitch adds to OpenFlow, apart from other forms of standard messages.
public sealed interface ExtensionMessage extends Message {
    /// NXT_SET_FLOW_FORMAT: how flows are told to this OpenFlow 1.0 controller.
    ///
    /// @param format 0 for OpenFlow 1.0, 2 for NXM
    record SetFlowFormat(int format) implements ExtensionMessage {}

    /// NXT_FLOW_MOD_TABLE_ID: whether OpenFlow 1.0 flow-mods have a table id in the command's upper
    /// byte.
    ///
    /// @param enabled from now on
    record FlowModTableId(boolean enabled) implements ExtensionMessage {}

    /// NXT_SET_PACKET_IN_FORMAT: how packet-ins are told to this controller.
    ///
    /// @param format from now on
    record SetPacketInFormat(PacketIn.Format format) implements ExtensionMessage {}

    /// NXT_SET_CONTROLLER_ID: which `controller(id=…)` actions mean this controller.
    ///
    /// @param id from now on
    record SetControllerId(int id) implements ExtensionMessage {}

    /// NXT_FLOW_AGE: obsolete, does nothing.
    record FlowAge() implements ExtensionMessage {}

    /// Ends a flow monitor.
    ///
    /// @param id the monitor's
    record FlowMonitorCancel(int id) implements ExtensionMessage {}

    /// The controller reads too slowly: changes are being skipped.
    record FlowMonitorPaused() implements ExtensionMessage, FromSwitch {}

    /// What was skipped has been told.
    record FlowMonitorResumed() implements ExtensionMessage, FromSwitch {}

    /// NXT_RESUME: a packet that a `controller(pause)` action sent is to go on.
    ///
    /// @param packet as it was sent, or changed
    record Resume(PacketIn packet) implements ExtensionMessage {}

    /// NXT_CT_FLUSH_ZONE: forgets a zone's connections.
    ///
    /// @param zone connection tracking zone
    record CtFlushZone(int zone) implements ExtensionMessage {}

    /// NXT_CT_FLUSH: forgets the connections that fit.
    ///
    /// @param protocol of IP; 0 for any
    /// @param properties addresses, ports and zone, as on the wire
    record CtFlush(int protocol, Bytes properties) implements ExtensionMessage {}

    /// NXT_TLV_TABLE_REQUEST: asks for the tunnel metadata mapping.
    record TlvTableRequest() implements ExtensionMessage {}

    /// NXT_TLV_TABLE_MOD: changes which options of tunnel headers the fields `tun_metadata0` to
    /// `tun_metadata63` stand for.
    ///
    /// @param command one of the constants here
    /// @param mappings what is added; of what is deleted, only the fields count
    record TlvTableMod(int command, List<TlvMapping> mappings) implements ExtensionMessage {
        /// Adds mappings.
        public static final int ADD = 0;

        /// Deletes mappings.
        public static final int DELETE = 1;

        /// Deletes all mappings.
        public static final int CLEAR = 2;

        /// Copies the lists.
        public TlvTableMod {
            mappings = List.copyOf(mappings);
        }
    }

    /// NXT_TLV_TABLE_REPLY: the tunnel metadata mapping.
    ///
    /// @param maxOptionSpace bytes that all options may have together
    /// @param maxFields how many mappings there could be
    /// @param mappings those that there are, by field
    record TlvTableReply(int maxOptionSpace, int maxFields, List<TlvMapping> mappings)
            implements ExtensionMessage, FromSwitch {
        /// Copies the lists.
        public TlvTableReply {
            mappings = List.copyOf(mappings);
        }
    }

    /// An option of tunnel headers that a field stands for.
    ///
    /// @param optionClass 0 to 65535
    /// @param optionType 0 to 255
    /// @param length bytes of its value
    /// @param field `n` for `tun_metadata<n>`
    record TlvMapping(int optionClass, int optionType, int length, int field) {}
}
