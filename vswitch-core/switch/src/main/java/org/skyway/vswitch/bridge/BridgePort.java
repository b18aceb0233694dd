package org.skyway.vswitch.bridge;

import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.datapath.DatapathPort;
import org.skyway.vswitch.ofproto.BypassSum;
import org.skyway.vswitch.port.Attachment;

/// A port of the bridge: what OpenFlow knows of it, what moves its packets, and who is attached.
/// Ofproto thread.
public final class BridgePort {
    private final PortConfig config;
    private final DatapathPort datapathPort;
    private final long createdNanos = System.nanoTime();
    private final BypassSum bypassRx = new BypassSum();
    private final BypassSum bypassTx = new BypassSum();
    private PortState state;
    private Attachment attachment;

    BridgePort(PortConfig config, DatapathPort datapathPort, PortState state) {
        this.config = config;
        this.datapathPort = datapathPort;
        this.state = state;
    }

    /// What the user asked for.
    ///
    /// @return number, type and name
    public PortConfig config() {
        return config;
    }

    /// What moves its packets.
    ///
    /// @return the datapath's port
    public DatapathPort datapathPort() {
        return datapathPort;
    }

    /// What OpenFlow knows of it.
    ///
    /// @return the state as of now
    public PortState state() {
        return state;
    }

    /// The VNF at a dpdkr port.
    ///
    /// @return the attachment, or null if there is none
    public Attachment attachment() {
        return attachment;
    }

    /// What its VNF sent past the switch.
    ///
    /// @return the sum over its links
    public BypassSum bypassRx() {
        return bypassRx;
    }

    /// What its VNF was sent past the switch.
    ///
    /// @return the sum over its links
    public BypassSum bypassTx() {
        return bypassTx;
    }

    long createdNanos() {
        return createdNanos;
    }

    void state(PortState newState) {
        state = newState;
    }

    void attachment(Attachment newAttachment) {
        attachment = newAttachment;
    }
}
