package org.skyway.vswitch.bridge;

import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.sys.PacketCounters;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.datapath.DatapathPort;
import org.skyway.vswitch.datapath.Traffic;
import org.skyway.vswitch.port.Attachment;
import org.skyway.vswitch.port.NetdevPort;
import org.skyway.vswitch.port.StockPort;
import org.skyway.vswitch.tables.BypassSum;
import org.skyway.vswitch.tables.PortCounters;
import org.skyway.vswitch.tables.Tables;

/// A port of the bridge: what the user asked for, what moves its packets, and who is attached.
/// Ofproto thread.
public final class BridgePort {
    private final PortConfig config;
    private final DatapathPort datapathPort;
    private final BypassSum bypassRx;
    private final BypassSum bypassTx;
    private final Tables tables;
    private Attachment attachment;
    private long linkResets;

    /// @param tables where its state lies
    BridgePort(PortConfig config, DatapathPort datapathPort, Tables tables) {
        this.config = config;
        this.datapathPort = datapathPort;
        Traffic traffic = datapathPort.traffic();
        bypassRx = new BypassSum(traffic.address() + Traffic.BYPASS_RX, traffic);
        bypassTx = new BypassSum(traffic.address() + Traffic.BYPASS_TX, traffic);
        this.tables = tables;
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

    /// What was observed of it, and how controllers configured it.
    ///
    /// @return as the tables have it now; null if it was removed
    public PortState state() {
        return tables.port(config.number());
    }

    /// How often it went up or down.
    ///
    /// @return since it was added
    public long linkResets() {
        return linkResets;
    }

    /// Takes note of what it is by now.
    void changed(PortState old, PortState now) {
        if (old.isUp() != now.isUp()) {
            linkResets++;
        }
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

    /// Its VNF wrote past the switch when it no longer might, and nobody was delivered that.
    void lost(long packets) {
        long at = datapathPort.traffic().address() + Traffic.LOST;
        Memory.putLong(at, Memory.getLong(at) + packets);
    }

    /// What went in and out, past the switch or through it.
    ///
    /// @return its counters as of now
    PortCounters counters() {
        Traffic t = datapathPort.traffic();
        if (datapathPort instanceof NetdevPort n) {
            PacketCounters c = n.device().counters();
            return new PortCounters(
                    t.sum(Traffic.RX_PACKETS),
                    c.txPackets(),
                    t.sum(Traffic.RX_BYTES),
                    c.txBytes(),
                    c.rxDropped() + t.sum(Traffic.RX_DROPPED),
                    t.sum(Traffic.TX_DROPPED),
                    c.rxErrors(),
                    c.txErrors());
        }
        return new PortCounters(
                t.sum(Traffic.RX_PACKETS) + bypassRx.packets(),
                t.sum(Traffic.TX_PACKETS) + bypassTx.packets(),
                t.sum(Traffic.RX_BYTES) + bypassRx.bytes(),
                t.sum(Traffic.TX_BYTES) + bypassTx.bytes(),
                t.sum(Traffic.RX_DROPPED) + Memory.getLong(t.address() + Traffic.LOST),
                t.sum(Traffic.TX_DROPPED),
                datapathPort instanceof StockPort s ? s.tooLong() : 0,
                0);
    }

    void attachment(Attachment newAttachment) {
        attachment = newAttachment;
    }
}
