package org.skyway.vswitch.link;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executor;
import org.skyway.agent.Agent;
import org.skyway.ivshmem.region.RegionIds;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.port.Attachment;

/// The channels that links use: one for both directions between two VNFs. Ofproto thread.
final class Channels {
    private final RegionStore store;
    private final RegionIds ids;
    private final int cells;
    private final Agent agent;
    private final Executor owner;
    private final List<Link> links;
    private final Runnable changed;
    private final LinkRecords records;

    /// @param store where link regions are made
    /// @param ids for them
    /// @param cells of each of their rings
    /// @param agent who plugs them
    /// @param owner the ofproto thread
    /// @param links all there are
    /// @param records where they are noted for the next switch
    /// @param changed to be done when a channel's state has changed
    Channels(
            RegionStore store,
            RegionIds ids,
            int cells,
            Agent agent,
            Executor owner,
            List<Link> links,
            LinkRecords records,
            Runnable changed) {
        this.records = records;
        this.store = store;
        this.ids = ids;
        this.cells = cells;
        this.agent = agent;
        this.owner = owner;
        this.links = links;
        this.changed = changed;
    }

    /// The channel for a link, which may be on its way: that of the other direction, or a new one.
    ///
    /// @throws IOException if none can be made
    Channel plug(Link link) throws IOException {
        Channel channel = between(link.sender(), link.receiver());
        return channel != null
                ? channel
                : Channel.plug(
                        store,
                        ids.next(),
                        cells,
                        link.sender(),
                        link.receiver(),
                        agent,
                        owner,
                        records,
                        c -> changed.run());
    }

    /// Goes on with a channel of the switch before.
    ///
    /// @return the channel; null if it is not there any more
    Channel adopt(LinkRecords.Record record, Attachment a, Attachment b) {
        try {
            return Channel.adopt(store, record, a, b, agent, owner);
        } catch (IOException e) {
            return null;
        }
    }

    /// Unplugs what no link uses.
    void unplug(Channel channel) {
        channel.unplug(c -> changed.run());
    }

    private Channel between(Attachment x, Attachment y) {
        for (Link link : links) {
            Channel c = link.channel;
            if (c != null
                    && c.joins(x, y)
                    && c.failure() == null
                    && !link.situation().broken()
                    && (c.state() == Channel.State.PLUGGING
                            || c.state() == Channel.State.PLUGGED)) {
                return c;
            }
        }
        return null;
    }

    /// Has a link do without its channel, which is unplugged unless the other direction uses it.
    /// One that unplugs keeps it, to know when that is over.
    void letGo(Link link) {
        Channel channel = link.channel;
        if (channel == null) {
            return;
        }
        boolean shared =
                links.stream()
                        .anyMatch(l ->
                                l != link
                                        && l.channel == channel
                                        && !l.situation().state().hasEnded());
        if (shared || !link.isIn(LinkMachine.State.UNPLUGGING)) {
            channel.drop(link);
            link.channel = null;
        }
        if (!shared) {
            channel.unplug(c -> changed.run());
        }
    }
}
