package org.skyway.vswitch.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.datapath.Tap;
import org.skyway.vswitch.observe.Mirror;

/// Who sees the packets of which port. A port that is observed has no bypass: those that it has are
/// taken back before the first packet is seen, and come back when nobody looks any more. Ofproto
/// thread.
final class Observers {
    private static final int MOST = 64;

    /// Each has 4 MiB.
    private static final int MOST_CAPTURES = 8;

    private final Bridge bridge;
    private final List<Observer> all = new ArrayList<>();
    private final Map<String, Observer> mirrors = new TreeMap<>();

    /// Someone who looks at a port.
    ///
    /// @param port the port
    /// @param target where copies go; null for a capture
    /// @param tap what sees the packets
    /// @param gone to be done when the port is removed
    record Observer(BridgePort port, BridgePort target, Tap tap, Runnable gone) {
        String why() {
            return target == null
                    ? "port %s is captured".formatted(port.config().name())
                    : "port %s is mirrored to %s"
                            .formatted(port.config().name(), target.config().name());
        }
    }

    Observers(Bridge bridge) {
        this.bridge = bridge;
    }

    /// Begins to observe; effective when the bridge has settled and the tap is then put on.
    ///
    /// @param observer who, not yet known here
    void add(Observer observer) {
        if (all.size() == MOST) {
            throw new ConfigException(
                    "%d captures and mirrors are there already; end one".formatted(MOST));
        }
        if (observer.target() == null
                && all.stream().filter(o -> o.target() == null).count() == MOST_CAPTURES) {
            throw new ConfigException(
                    "%d captures are at work already; end one".formatted(MOST_CAPTURES));
        }
        all.add(observer);
        bridge.bypasses().revokeFor(observer.port(), observer.why());
        bridge.forwarding()
                .whenSettled(
                        null,
                        () -> {
                            if (all.contains(observer)) {
                                observer.port().datapathPort().tap(observer.tap());
                            }
                        });
    }

    /// Does not observe any more.
    ///
    /// @param observer who; one that is not known any more is none
    void remove(Observer observer) {
        if (all.remove(observer)) {
            observer.port().datapathPort().untap(observer.tap());
            bridge.bypasses().observedNoMore();
        }
    }

    /// Adds a mirror.
    ///
    /// @param name its name
    /// @param from whose packets are copied
    /// @param to where they go
    /// @throws ConfigException if the name is taken, or the ports are the same
    void addMirror(String name, BridgePort from, BridgePort to) {
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new ConfigException(
                    "a mirror's name has 1 to 64 letters, digits, '.', '_' and '-', unlike \"%s\""
                            .formatted(name));
        }
        if (mirrors.containsKey(name)) {
            throw new ConfigException(
                    "there is a mirror %s already; `skyway ctl mirror del %s` removes it"
                            .formatted(name, name));
        }
        if (from == to) {
            throw new ConfigException(
                    "port %s can't be mirrored to itself".formatted(from.config().name()));
        }
        Observer observer =
                new Observer(from, to, new Mirror(to.datapathPort()), () -> mirrors.remove(name));
        add(observer);
        mirrors.put(name, observer);
    }

    /// Removes a mirror.
    ///
    /// @throws ConfigException if there is none of that name
    void removeMirror(String name) {
        Observer observer = mirrors.remove(name);
        if (observer == null) {
            throw new ConfigException(
                    mirrors.isEmpty()
                            ? "there is no mirror " + name + "; there is none at all"
                            : "there is no mirror %s; there are %s"
                                    .formatted(name, String.join(", ", mirrors.keySet())));
        }
        remove(observer);
    }

    /// The mirrors, by name.
    Map<String, Observer> mirrors() {
        return Map.copyOf(mirrors);
    }

    /// Why a port's links get no bypass.
    ///
    /// @param port its name
    /// @return a sentence without its full stop; null if nobody looks at it
    String why(String port) {
        for (Observer o : all) {
            if (o.port().config().name().equals(port)) {
                return o.why();
            }
        }
        return null;
    }

    /// A port is removed: nobody looks at it, or sends copies to it.
    void portRemoved(BridgePort port) {
        for (Observer o : List.copyOf(all)) {
            if (o.port() == port || o.target() == port) {
                remove(o);
                o.gone().run();
            }
        }
    }
}
