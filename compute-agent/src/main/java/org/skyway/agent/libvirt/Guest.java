package org.skyway.agent.libvirt;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.libvirt.LibvirtException;
import org.skyway.agent.AgentException;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running domain that has ports, and its link devices. A device is there for the ports that use
/// it; when the last of them has let go, it is unplugged. Control thread, except where said.
final class Guest {
    private static final Logger LOG = LoggerFactory.getLogger(Guest.class);
    private static final long LOOK_MILLIS = 1000;
    private static final int PATIENCE_SECONDS = 10;
    private static final int LOOKS = 15;

    private final String name;
    private final Supplier<Hypervisor> hypervisor;
    private final ScheduledExecutorService control;
    private final Executor calls;
    private final Map<String, Device> devices = new HashMap<>();
    private final Map<String, String> problems = new TreeMap<>(); // by port
    private GuestDescription description;
    private boolean paused;
    private boolean stopped;

    /// A link device, by its alias. It may be mapped by the drivers of `users`.
    private static final class Device {
        final RegionRef region; // null if an earlier agent plugged it in
        final Set<String> users = new HashSet<>();
        CompletableFuture<Void> plugged;
        CompletableFuture<Void> removed; // null while it may stay

        Device(RegionRef region) {
            this.region = region;
        }
    }

    /// @param calls runs the blocking calls for this domain, one after the other
    Guest(
            String name,
            GuestDescription description,
            Supplier<Hypervisor> hypervisor,
            ScheduledExecutorService control,
            Executor calls) {
        this.name = name;
        this.description = description;
        this.hypervisor = hypervisor;
        this.control = control;
        this.calls = calls;
    }

    String name() {
        return name;
    }

    GuestDescription description() {
        return description;
    }

    boolean isPaused() {
        return paused;
    }

    void paused(boolean value) {
        paused = value;
    }

    /// Takes over what a fresh description says: devices that are gone, and devices that are not
    /// known, which any driver of this domain may have mapped: an earlier agent left them, libvirt
    /// was lost while one was plugged in or out, or the description is older than what is known.
    ///
    /// @return whether there was one; then drivers are to be asked what they have mapped
    boolean describedAs(GuestDescription fresh, Set<String> ports) {
        description = fresh;
        boolean unknown = false;
        for (String alias : List.copyOf(devices.keySet())) {
            Device device = devices.get(alias);
            if (!fresh.devices().containsKey(alias) && device.plugged.isDone()) {
                removed(alias);
            }
        }
        for (String alias : fresh.devices().keySet()) {
            if (alias.startsWith(LinkDevice.ALIAS_PREFIX) && !devices.containsKey(alias)) {
                LOG.info(
                        "domain {} has {}, which is not known; it goes when no driver uses it",
                        name,
                        alias);
                unknown = true;
                Device device = new Device(null);
                device.plugged = CompletableFuture.completedFuture(null);
                device.users.addAll(ports);
                devices.put(alias, device);
            }
        }
        return unknown;
    }

    /// Plugs a region in for a port, unless it is there for another port already.
    ///
    /// @return completes, on the control thread, when libvirt has plugged it in
    CompletableFuture<Void> plug(String port, RegionRef region) {
        String alias = LinkDevice.alias(region);
        Device device = devices.get(alias);
        if (device == null) {
            device = new Device(region);
            devices.put(alias, device);
            device.plugged = plugIn(alias, region);
        }
        device.users.add(port);
        return withPatience(device.plugged, region);
    }

    // Libvirt may hang, and a link must not for that: what it still plugs in later is unplugged.
    private CompletableFuture<Void> withPatience(
            CompletableFuture<Void> plugged, RegionRef region) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        var late =
                control.schedule(
                        () ->
                                answer.completeExceptionally(
                                        new AgentException(
                                                "libvirt has not plugged %s into domain %s within %d s; does it answer `virsh list`?"
                                                        .formatted(
                                                                region.path(),
                                                                name,
                                                                PATIENCE_SECONDS))),
                        PATIENCE_SECONDS,
                        TimeUnit.SECONDS);
        plugged.whenComplete((_, failure) -> {
            late.cancel(false);
            if (failure == null) {
                answer.complete(null);
            } else {
                answer.completeExceptionally(failure);
            }
        });
        return answer;
    }

    /// A port's driver has mapped a region that an earlier agent plugged in.
    void uses(String port, RegionRef region) {
        String alias = LinkDevice.alias(region);
        Device known = devices.get(alias);
        if (known != null && known.region != null) {
            known.users.add(port);
            return;
        }
        Device device = new Device(region);
        device.plugged = CompletableFuture.completedFuture(null);
        device.users.add(port);
        if (known != null) {
            device.users.addAll(known.users);
            device.removed = known.removed;
        }
        devices.put(alias, device);
    }

    /// A port does not use a region any more: its driver has unmapped it.
    ///
    /// @return completes when the device is gone, or still used by another port
    CompletableFuture<Void> release(String port, String alias) {
        Device device = devices.get(alias);
        if (device == null) {
            return CompletableFuture.completedFuture(null);
        }
        device.users.remove(port);
        return device.users.isEmpty()
                ? unplug(alias, device)
                : CompletableFuture.completedFuture(null);
    }

    /// A port's driver has mapped no device but those given.
    void mapsOnly(String port, Set<String> aliases) {
        for (String alias : List.copyOf(devices.keySet())) {
            if (!aliases.contains(alias) && devices.get(alias).users.contains(port)) {
                release(port, alias);
            }
        }
    }

    /// A device has left the domain.
    void removed(String alias) {
        Device device = devices.remove(alias);
        if (device == null) {
            return;
        }
        LOG.debug("{} has left domain {}", alias, name);
        unshare(device);
        if (device.removed != null) {
            device.removed.complete(null);
        }
    }

    /// The guest refuses; it is asked again later.
    void removalFailed(String alias) {
        Device device = devices.get(alias);
        if (device != null && device.removed != null) {
            LOG.warn("domain {} refuses to let go of {}", name, alias);
        }
    }

    /// The domain does not run any more, so no device can be mapped.
    void stopped() {
        stopped = true;
        for (String alias : List.copyOf(devices.keySet())) {
            removed(alias);
        }
    }

    /// Notes why a port can't be used, for the report.
    ///
    /// @return whether that is new
    boolean problem(String port, String what) {
        return !what.equals(problems.put(port, what));
    }

    /// A port can be used after all.
    void solved(String port) {
        problems.remove(port);
    }

    boolean hasProblems() {
        return !problems.isEmpty();
    }

    List<String> problems() {
        return List.copyOf(problems.values());
    }

    List<String> report() {
        List<String> lines = new ArrayList<>();
        devices.forEach((alias, device) ->
                lines.add(
                        alias
                                + (device.removed != null
                                        ? " leaving"
                                        : " for " + String.join(", ", device.users))));
        return lines;
    }

    private CompletableFuture<Void> plugIn(String alias, RegionRef region) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        Hypervisor now = hypervisor.get();
        var group = description.groupId();
        calls.execute(() -> {
            AgentException failure = null;
            try {
                if (now == null) {
                    throw new IOException(
                            "libvirt can't be reached; start libvirtd, or see the agent's log");
                }
                LinkDevice.share(region, group);
                now.attach(name, LinkDevice.xml(region));
            } catch (LibvirtException | IOException | RuntimeException e) {
                failure =
                        new AgentException(
                                "can't plug %s into domain %s: %s"
                                        .formatted(region.path(), name, Advice.on(e.getMessage())),
                                e);
            }
            AgentException failed = failure;
            control.execute(() -> {
                if (failed == null) {
                    result.complete(null);
                } else {
                    Device device = devices.remove(alias);
                    if (device != null) {
                        unshare(device);
                        if (device.removed != null) {
                            device.removed.complete(null); // it never came
                        }
                    }
                    result.completeExceptionally(failed);
                }
            });
        });
        return result;
    }

    private CompletableFuture<Void> unplug(String alias, Device device) {
        if (device.removed == null) {
            CompletableFuture<Void> removed = new CompletableFuture<>();
            device.removed = removed;
            // A device that is still being plugged in can't be unplugged yet.
            device.plugged.whenComplete((_, failure) -> {
                if (failure == null) {
                    ask(alias, device, LOOKS);
                }
            });
        }
        return device.removed;
    }

    // A guest that is paused or has not booted yet lets go when it runs; until then the device
    // stays, and nobody minds.
    private void ask(String alias, Device device, int looks) {
        if (stopped || devices.get(alias) != device) {
            return;
        }
        Hypervisor now = hypervisor.get();
        boolean again = looks % LOOKS == 0;
        calls.execute(() -> {
            boolean gone = now != null && look(now, alias, again);
            control.execute(() -> {
                if (gone) {
                    removed(alias);
                } else {
                    long wait = looks > 0 ? LOOK_MILLIS : LOOK_MILLIS * LOOKS;
                    control.schedule(
                            () -> ask(alias, device, Math.max(0, looks - 1)),
                            wait,
                            TimeUnit.MILLISECONDS);
                }
            });
        });
    }

    // On the domain's thread.
    private boolean look(Hypervisor libvirt, String alias, boolean detach) {
        try {
            if (!detach) {
                return !libvirt.describe(name).devices().containsKey(alias);
            }
            String failure = libvirt.detach(name, alias);
            if (failure == null) {
                return false;
            }
            if (!libvirt.describe(name).devices().containsKey(alias)) {
                return true;
            }
            LOG.warn("{}; it is tried again", failure);
            return false;
        } catch (LibvirtException e) {
            LOG.debug("domain {}: {}", name, e.toString());
            return false;
        }
    }

    private static void unshare(Device device) {
        if (device.region != null) {
            try {
                LinkDevice.unshare(device.region);
            } catch (IOException e) {
                LOG.warn("can't remove the link to {}: {}", device.region.path(), e.toString());
            }
        }
    }
}
