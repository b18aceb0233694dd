package org.skyway.vswitch.ofproto;

import java.util.LinkedHashSet;
import java.util.Set;

/// Those who watch what goes between the bridge and its controllers (`<bridge>.snoop`). On the
/// ofproto thread.
final class Snoops {
    /// One who watches: exchanges hellos and then only listens.
    static final class Snoop extends Peer {
        private final Snoops all;

        Snoop(OfprotoConfig config, String name, Snoops all) {
            super(config, name);
            this.all = all;
        }

        @Override
        void greeted() {
            all.watching.add(this);
        }

        @Override
        void received(byte[] frame) {
            // Nothing that it says means anything.
        }

        @Override
        void gone() {
            all.watching.remove(this);
        }
    }

    private final Set<Snoop> watching = new LinkedHashSet<>();

    /// Shows a message, unless it is of a tool.
    void show(boolean service, byte[] frame) {
        if (service || watching.isEmpty()) {
            return;
        }
        for (Snoop s : watching) {
            if (s.channel().isWritable()) {
                s.send(frame.clone());
            }
        }
    }
}
