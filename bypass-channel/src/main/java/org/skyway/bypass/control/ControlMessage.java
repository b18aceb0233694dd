package org.skyway.bypass.control;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/// A control message. The switch's side asks ([Attach], [Detach], [Ping]), the driver answers with
/// the same `id` ([Done] or [Failed]); only [Hello] is the driver's to begin with, answered by
/// [Welcome] or [Failed].
///
/// A virtio-serial port has no connections: neither side sees the other come and go, and what one
/// that is gone has left unread reaches the next. So the switch's side says [Introduce] when it has
/// opened a port, again and again until it hears a hello; a driver that waits for its welcome skips
/// whatever is not the answer to its hello, whose `id` is not easily repeated.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ControlMessage.Hello.class, name = "hello"),
    @JsonSubTypes.Type(value = ControlMessage.Welcome.class, name = "welcome"),
    @JsonSubTypes.Type(value = ControlMessage.Introduce.class, name = "introduce"),
    @JsonSubTypes.Type(value = ControlMessage.Attach.class, name = "attach"),
    @JsonSubTypes.Type(value = ControlMessage.Detach.class, name = "detach"),
    @JsonSubTypes.Type(value = ControlMessage.Ping.class, name = "ping"),
    @JsonSubTypes.Type(value = ControlMessage.Done.class, name = "done"),
    @JsonSubTypes.Type(value = ControlMessage.Failed.class, name = "failed")
})
public sealed interface ControlMessage {
    /// The version of this protocol.
    int VERSION = 1;

    /// The request's id; the answer has the same.
    ///
    /// @return unique among the unanswered requests of a connection
    long id();

    /// A driver introduces itself; the first line of a connection.
    ///
    /// @param id the request's
    /// @param version [#VERSION]
    /// @param port the name of the port it drives
    /// @param pid its process id; 0 in a virtual machine
    /// @param program what it is, for people
    record Hello(long id, int version, String port, long pid, String program)
            implements ControlMessage {
        /// Checks the fields.
        public Hello {
            require(port != null && !port.isEmpty(), "hello without the name of a port");
        }
    }

    /// The port's region is ready; from now on the driver may use it.
    ///
    /// @param id the request's
    /// @param version [#VERSION]
    /// @param region where the port region is
    record Welcome(long id, int version, RegionRef region) implements ControlMessage {
        /// Checks the fields.
        public Welcome {
            require(region != null, "welcome without a region");
        }
    }

    /// Say hello, once more if need be: who listens now has not heard it. Until it is welcomed, the
    /// driver must not touch the port region. Answered by [Hello], with an id of its own.
    ///
    /// @param id the request's
    record Introduce(long id) implements ControlMessage {}

    /// Map a link region and get ready to use it as told by the control block and by marks.
    ///
    /// @param id the request's
    /// @param slot which of the port's slots it takes
    /// @param region where it is
    /// @param sideA whether this is side A: it sends on the first ring, and reads the second
    /// @param link the link's name, for people
    record Attach(long id, int slot, RegionRef region, boolean sideA, String link)
            implements ControlMessage {
        /// Checks the fields.
        public Attach {
            require(region != null, "attach without a region");
            require(
                    slot >= 0 && slot < org.skyway.bypass.channel.ControlBlock.SLOTS,
                    "attach with slot " + slot);
        }
    }

    /// Unmap the link region of a slot; answered when nothing of it is mapped any more.
    ///
    /// @param id the request's
    /// @param slot which
    record Detach(long id, int slot) implements ControlMessage {}

    /// Are you there?
    ///
    /// @param id the request's
    record Ping(long id) implements ControlMessage {}

    /// The request was carried out.
    ///
    /// @param id the request's
    record Done(long id) implements ControlMessage {}

    /// The request was not carried out.
    ///
    /// @param id the request's
    /// @param reason what happened, to which object, and what to do
    record Failed(long id, String reason) implements ControlMessage {}

    /// Where a region is. On the host it has a path; in a guest it is found by its id.
    ///
    /// @param regionId as in its header
    /// @param sizeBytes a power of two
    /// @param path on the host; null in a guest
    record RegionRef(long regionId, long sizeBytes, String path) {}

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException("control message: " + message);
        }
    }
}
