package org.skyway.agent.libvirt;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.skyway.agent.AgentException;
import org.skyway.agent.PortHost;
import org.skyway.agent.PortHost.Returned;
import org.skyway.bypass.control.ControlMessage;
import org.skyway.bypass.control.ControlMessage.Attach;
import org.skyway.bypass.control.ControlMessage.Detach;
import org.skyway.bypass.control.ControlMessage.Failed;
import org.skyway.bypass.control.ControlMessage.Hello;
import org.skyway.bypass.control.ControlMessage.Ping;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.bypass.control.ControlMessage.State;
import org.skyway.bypass.control.ControlMessage.Unknown;
import org.skyway.bypass.control.ControlMessage.Welcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A port of a guest and the conversation with its driver. Control thread.
final class GuestPort implements GuestChannel.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(GuestPort.class);
    private static final long AGAIN_SECONDS = 1;

    private final String name;
    private final Guest guest;
    private final PortHost host;
    private final ScheduledExecutorService control;
    private final GuestChannel channel;
    private final Map<Integer, String> attached = new HashMap<>(); // slot to alias
    private long session; // of the hello that is or was answered last; a new one for each
    private boolean driven;
    private boolean hearsState;

    GuestPort(
            String name,
            Guest guest,
            PortHost host,
            ScheduledExecutorService control,
            java.util.function.Function<GuestPort, GuestChannel> channel) {
        this.name = name;
        this.guest = guest;
        this.host = host;
        this.control = control;
        this.channel = channel.apply(this);
    }

    String name() {
        return name;
    }

    Guest guest() {
        return guest;
    }

    boolean isDriven() {
        return driven;
    }

    void start() {
        channel.start();
    }

    /// @return completes when the driver has mapped the region
    CompletableFuture<Void> attach(int slot, RegionRef region, boolean sideA, String link) {
        if (!driven) {
            return failed(
                    "can't attach link %s to port %s: no driver has said hello from domain %s"
                            .formatted(link, name, guest.name()));
        }
        if (guest.isPaused()) {
            return failed(
                    "can't attach link %s to port %s: domain %s is paused"
                            .formatted(link, name, guest.name()));
        }
        String alias = LinkDevice.alias(region);
        RegionRef inGuest = new RegionRef(region.regionId(), region.sizeBytes(), null);
        long asked = session;
        attached.put(slot, alias);
        // The driver waits for the device. It is told before the device is there, because libvirt
        // is not done when the guest has seen it.
        CompletableFuture<Void> plugged = guest.plug(name, region);
        CompletableFuture<Void> mapped =
                channel.request(id -> new Attach(id, slot, inGuest, sideA, link));
        return plugged.thenCompose(
                        _ -> {
                            if (asked != session) {
                                return failed("the driver of port " + name + " is gone");
                            }
                            host.linkStep(name, link, "plugged");
                            return mapped.exceptionallyCompose(
                                    failure -> failed(Advice.on(reason(failure))));
                        })
                .whenComplete((_, failure) -> {
                    if (failure == null) {
                        host.linkStep(name, link, "mapped");
                    } else if (asked == session) {
                        // It may have mapped the region after all.
                        detach(slot);
                    }
                });
    }

    /// @return completes when the driver has unmapped what it had there and the device is gone
    CompletableFuture<Void> detach(int slot) {
        String alias = attached.remove(slot);
        if (alias == null) {
            return CompletableFuture.completedFuture(null);
        }
        // What a driver that went away had mapped is settled when the next one says hello.
        long asked = session;
        return channel.request(id -> new Detach(id, slot))
                .whenComplete((_, failure) -> {
                    if (failure != null && asked == session) {
                        settle(); // it may do late what it was told
                    }
                })
                .thenCompose(_ ->
                        asked == session && !attached.containsValue(alias)
                                ? guest.release(name, alias)
                                : CompletableFuture.completedFuture(null));
    }

    /// Lets go of the devices that the driver has not mapped. It does one thing after the other, so
    /// with the answer to a ping it has unmapped all that it was told to. One that does not answer
    /// is asked again for as long as it is there: else a device would stay in its domain for good.
    void settle() {
        if (!driven) {
            return; // done when a driver has said hello
        }
        long asked = session;
        channel.request(Ping::new)
                .whenComplete((_, failure) -> {
                    if (asked != session) {
                        return;
                    }
                    if (failure == null) {
                        guest.mapsOnly(name, new HashSet<>(attached.values()));
                    } else {
                        LOG.warn("port {}: {}; it is asked again", name, reason(failure));
                        control.schedule(this::settle, AGAIN_SECONDS, TimeUnit.SECONDS);
                    }
                });
    }

    /// Tells the driver whether its port is switched on, if it wants to know.
    void administer(boolean up) {
        if (driven && hearsState) {
            channel.request(id -> new State(id, up));
        }
    }

    /// Gives the driver up. If it is alive after all, it will be asked to say hello.
    void drop(String reason) {
        end(reason);
        channel.hangUp(reason);
    }

    /// The domain stopped or the agent ends.
    void close(String reason) {
        channel.close();
        end(reason);
    }

    @Override
    public void disconnected(String reason) {
        end(reason);
    }

    @Override
    public void said(ControlMessage message) {
        switch (message) {
            case Hello hello -> hello(hello);
            case Failed failed -> {
                LOG.warn("port {} reports: {}", name, failed.reason());
                int slot = failed.slot() == null ? -1 : failed.slot();
                host.vnfReported(name, slot, failed.reason());
            }
            case Unknown unknown -> channel.send(new Failed(unknown.id(), ControlMessage.UNKNOWN));
            default -> {
                LOG.warn("the driver of port {} may not send {}", name, message);
                drop("it does not keep to the protocol");
            }
        }
    }

    private void hello(Hello hello) {
        end("its driver says hello anew");
        if (hello.commonVersion() == 0) {
            refuse(hello, hello.versionRefusal());
        } else if (!hello.port().equals(name)) {
            refuse(
                    hello,
                    "this channel of domain %s is port %s's, not %s's; see the domain's metadata"
                            .formatted(guest.name(), name, hello.port()));
        } else {
            long asked = ++session;
            String program = "%s in %s".formatted(hello.program(), guest.name());
            host.vnfArrived(name, 0, program, hello.regionId())
                    .whenComplete((given, failure) ->
                            control.execute(() -> connected(asked, hello, given, failure)));
        }
    }

    private void connected(long asked, Hello hello, Returned given, Throwable failure) {
        if (failure != null) {
            if (asked == session) {
                refuse(hello, reason(failure));
            }
            return;
        }
        if (asked != session) {
            host.vnfDisconnected(name, "its driver is gone again");
            return;
        }
        driven = true;
        hearsState = hello.has(ControlMessage.STATE);
        given.links()
                .forEach((slot, link) -> {
                    guest.uses(name, link);
                    attached.put(slot, LinkDevice.alias(link));
                });
        RegionRef region = given.region();
        channel.send(
                new Welcome(
                        hello.id(),
                        hello.commonVersion(),
                        new RegionRef(region.regionId(), region.sizeBytes(), null)));
        LOG.info("port {} is driven by {} in domain {}", name, hello.program(), guest.name());
        if (guest.isPaused()) {
            host.vnfPaused(name, true);
        }
        host.vnfReady(name);
        settle();
    }

    private void refuse(Hello hello, String reason) {
        LOG.warn("refused the driver of port {} in domain {}: {}", name, guest.name(), reason);
        channel.send(new Failed(hello.id(), reason));
    }

    private void end(String reason) {
        session++;
        attached.clear();
        if (driven) {
            driven = false;
            LOG.info("port {} has lost its driver: {}", name, reason);
            channel.forget("the driver of port " + name + " is gone: " + reason);
            host.vnfDisconnected(name, reason);
        }
    }

    private static CompletableFuture<Void> failed(String message) {
        return CompletableFuture.failedFuture(new AgentException(message));
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof AgentException)) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
