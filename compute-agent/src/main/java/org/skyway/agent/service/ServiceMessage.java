package org.skyway.agent.service;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;
import org.skyway.agent.VmReport;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.bypass.control.MessageCodec;

/// What a switch and an agent that is a process of its own say to each other. Either side's
/// requests have an `id`, which the [Answer] repeats; what needs no answer has none.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ServiceMessage.Hello.class, name = "hello"),
    @JsonSubTypes.Type(value = ServiceMessage.Attach.class, name = "attach"),
    @JsonSubTypes.Type(value = ServiceMessage.Detach.class, name = "detach"),
    @JsonSubTypes.Type(value = ServiceMessage.Drop.class, name = "drop"),
    @JsonSubTypes.Type(value = ServiceMessage.Administer.class, name = "administer"),
    @JsonSubTypes.Type(value = ServiceMessage.Offer.class, name = "offer"),
    @JsonSubTypes.Type(value = ServiceMessage.Describe.class, name = "describe"),
    @JsonSubTypes.Type(value = ServiceMessage.Connected.class, name = "connected"),
    @JsonSubTypes.Type(value = ServiceMessage.Ready.class, name = "ready"),
    @JsonSubTypes.Type(value = ServiceMessage.Paused.class, name = "paused"),
    @JsonSubTypes.Type(value = ServiceMessage.Step.class, name = "step"),
    @JsonSubTypes.Type(value = ServiceMessage.Reported.class, name = "reported"),
    @JsonSubTypes.Type(value = ServiceMessage.Disconnected.class, name = "disconnected"),
    @JsonSubTypes.Type(value = ServiceMessage.Done.class, name = "done"),
    @JsonSubTypes.Type(value = ServiceMessage.Failed.class, name = "failed"),
    @JsonSubTypes.Type(value = ServiceMessage.Accepted.class, name = "accepted"),
    @JsonSubTypes.Type(value = ServiceMessage.Machines.class, name = "machines")
})
sealed interface ServiceMessage {
    /// The version of this protocol.
    int VERSION = 3;

    /// A report of many machines is the longest.
    MessageCodec<ServiceMessage> CODEC = new MessageCodec<>(ServiceMessage.class, 1 << 20);

    /// An answer.
    sealed interface Answer extends ServiceMessage {
        /// The request's id.
        long id();
    }

    // ---- the switch asks

    /// The first message of a connection; answered by [Done].
    record Hello(long id, int version) implements ServiceMessage {}

    /// See [org.skyway.agent.Agent#attach].
    record Attach(long id, String port, int slot, RegionRef region, boolean sideA, String link)
            implements ServiceMessage {
        public Attach {
            require(port != null && region != null, "attach without port or region");
        }
    }

    /// See [org.skyway.agent.Agent#detach].
    record Detach(long id, String port, int slot) implements ServiceMessage {
        public Detach {
            require(port != null, "detach without port");
        }
    }

    /// See [org.skyway.agent.Agent#drop].
    record Drop(String port, String reason) implements ServiceMessage {}

    /// See [org.skyway.agent.Agent#administer].
    record Administer(String port, boolean up) implements ServiceMessage {
        public Administer {
            require(port != null, "administer without port");
        }
    }

    /// See [org.skyway.agent.Agent#offer].
    record Offer(RegionRef region) implements ServiceMessage {
        public Offer {
            require(region != null, "offer without region");
        }
    }

    /// What machines are there? Answered by [Machines].
    record Describe(long id) implements ServiceMessage {}

    // ---- the agent tells, and asks once

    /// See [org.skyway.agent.PortHost#vnfConnected] and, if there is a region,
    /// [org.skyway.agent.PortHost#vnfReturned]; answered by [Accepted] or [Failed].
    record Connected(long id, String port, long pid, String program, Long regionId)
            implements ServiceMessage {
        public Connected {
            require(port != null, "connected without port");
        }
    }

    /// See [org.skyway.agent.PortHost#vnfReady].
    record Ready(String port) implements ServiceMessage {}

    /// See [org.skyway.agent.PortHost#vnfPaused].
    record Paused(String port, boolean paused) implements ServiceMessage {}

    /// See [org.skyway.agent.PortHost#linkStep].
    record Step(String port, String link, String step) implements ServiceMessage {}

    /// See [org.skyway.agent.PortHost#vnfReported].
    record Reported(String port, int slot, String reason) implements ServiceMessage {}

    /// See [org.skyway.agent.PortHost#vnfDisconnected].
    record Disconnected(String port, String reason) implements ServiceMessage {}

    // ---- answers

    /// It was done.
    record Done(long id) implements Answer {}

    /// It was not done.
    record Failed(long id, String reason) implements Answer {}

    /// The driver may use the port's region, and goes on with links, by slot.
    record Accepted(long id, RegionRef region, Map<Integer, RegionRef> links) implements Answer {
        public Accepted {
            require(region != null && links != null, "accepted without region or links");
        }
    }

    /// What machines there are.
    record Machines(long id, List<VmReport> machines) implements Answer {
        public Machines {
            require(machines != null, "machines without machines");
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException("service message: " + message);
        }
    }
}
