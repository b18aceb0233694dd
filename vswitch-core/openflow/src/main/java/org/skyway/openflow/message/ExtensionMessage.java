package org.skyway.openflow.message;

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
    record FlowMonitorPaused() implements ExtensionMessage {}

    /// What was skipped has been told.
    record FlowMonitorResumed() implements ExtensionMessage {}

    /// NXT_RESUME: a packet that a `controller(pause)` action sent is to go on.
    ///
    /// @param packet as it was sent, or changed
    record Resume(PacketIn packet) implements ExtensionMessage {}

    /// NXT_CT_FLUSH_ZONE: forgets a zone's connections.
    ///
    /// @param zone connection tracking zone
    record CtFlushZone(int zone) implements ExtensionMessage {}

    /// NXT_TLV_TABLE_REQUEST: asks for the tunnel metadata mapping.
    record TlvTableRequest() implements ExtensionMessage {}

    /// NXT_TLV_TABLE_REPLY: the tunnel metadata mapping, which is always empty here.
    ///
    /// @param maxOptionSpace bytes
    /// @param maxFields how many mappings there could be
    record TlvTableReply(int maxOptionSpace, int maxFields) implements ExtensionMessage {}
}
