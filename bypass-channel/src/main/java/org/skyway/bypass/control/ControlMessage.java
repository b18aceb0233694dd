package org.skyway.bypass.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/// A control message. The switch's side asks ([Attach], [Detach], [Ping]), the driver answers with
/// the same `id` ([Done] or [Failed]); only [Hello] is the driver's to begin with, answered by
/// [Welcome] or [Failed].
///
/// A virtio-serial port has no connections: neither side sees the other come and go, and what one
/// that is gone has left unread reaches the next. So the switch's side says [Introduce] when it has
/// opened a port, again and again until it hears a hello; a driver that waits for its welcome skips
/// whatever is not the answer to its hello, whose `id` is not easily repeated.
///
/// The protocol grows: whoever reads a message ignores fields that it does not know, answers a
/// request that it does not know with [Failed], and asks for nothing that the other side has not
/// named among its features. What can't be ignored gets a new version. `ABI.md` has it all for
/// those who write a driver.
@JsonTypeInfo(
        use = JsonTypeInfo.Id.NAME,
        property = "type",
        defaultImpl = ControlMessage.Unknown.class)
@JsonSubTypes({
    @JsonSubTypes.Type(value = ControlMessage.Hello.class, name = "hello"),
    @JsonSubTypes.Type(value = ControlMessage.Welcome.class, name = "welcome"),
    @JsonSubTypes.Type(value = ControlMessage.Introduce.class, name = "introduce"),
    @JsonSubTypes.Type(value = ControlMessage.Attach.class, name = "attach"),
    @JsonSubTypes.Type(value = ControlMessage.Detach.class, name = "detach"),
    @JsonSubTypes.Type(value = ControlMessage.Ping.class, name = "ping"),
    @JsonSubTypes.Type(value = ControlMessage.State.class, name = "state"),
    @JsonSubTypes.Type(value = ControlMessage.Done.class, name = "done"),
    @JsonSubTypes.Type(value = ControlMessage.Failed.class, name = "failed"),
    @JsonSubTypes.Type(value = ControlMessage.Unknown.class, name = "unknown")
})
public sealed interface ControlMessage {
    /// The newest version of this protocol that is spoken here.
    int VERSION = 2;

    /// The oldest version of this protocol that is spoken here.
    int OLDEST = 2;

    /// The answer to a request of a type that is not known.
    String UNKNOWN = "such a request is not known here; use the same release on both sides";

    /// The feature of drivers that want to hear [State].
    String STATE = "state";

    /// The request's id; the answer has the same.
    ///
    /// @return unique among the unanswered requests of a connection
    long id();

    /// A driver introduces itself; the first line of a connection.
    ///
    /// @param id the request's
    /// @param version the newest that it speaks
    /// @param port the name of the port it drives
    /// @param pid its process id; 0 in a virtual machine. For people: who must know asks the kernel
    /// @param program what it is, for people
    /// @param secret of the port, by which a process of another user than the switch's may have it;
    ///   null for none, and then not on the wire
    /// @param oldest the oldest version that it speaks; null, and then not on the wire, for the
    ///   newest
    /// @param features what it can that not every driver can; null, and then not on the wire, for
    ///   nothing
    /// @param regionId of the port region that it has and would keep, with all its links; null, and
    ///   then not on the wire, for none
    record Hello(
            long id,
            int version,
            String port,
            long pid,
            String program,
            @JsonInclude(JsonInclude.Include.NON_NULL) String secret,
            @JsonInclude(JsonInclude.Include.NON_NULL) Integer oldest,
            @JsonInclude(JsonInclude.Include.NON_NULL) List<String> features,
            @JsonInclude(JsonInclude.Include.NON_NULL) Long regionId)
            implements ControlMessage {
        /// Checks the fields.
        public Hello {
            require(port != null && !port.isEmpty(), "hello without the name of a port");
            port = MessageCodec.readable(port);
            program = MessageCodec.readable(program);
            features = features == null ? null : features.stream().limit(FEATURES).toList();
        }

        /// Without a region.
        ///
        /// @param id the request's
        /// @param version the newest that it speaks
        /// @param port the name of the port it drives
        /// @param pid its process id; 0 in a virtual machine
        /// @param program what it is, for people
        /// @param secret of the port; null for none
        /// @param oldest the oldest version that it speaks; null for the newest
        /// @param features what it can that not every driver can; null for nothing
        public Hello(
                long id,
                int version,
                String port,
                long pid,
                String program,
                String secret,
                Integer oldest,
                List<String> features) {
            this(id, version, port, pid, program, secret, oldest, features, null);
        }

        /// The same driver with a region.
        ///
        /// @param region its id; null for none
        /// @return the message
        public Hello withRegion(Long region) {
            return new Hello(id, version, port, pid, program, secret, oldest, features, region);
        }

        /// Of one version, without features.
        ///
        /// @param id the request's
        /// @param version the only one that it speaks
        /// @param port the name of the port it drives
        /// @param pid its process id; 0 in a virtual machine
        /// @param program what it is, for people
        /// @param secret of the port; null for none
        public Hello(long id, int version, String port, long pid, String program, String secret) {
            this(id, version, port, pid, program, secret, null, null, null);
        }

        /// The version to speak with the driver.
        ///
        /// @return the newest that both sides speak; 0 if there is none
        public int commonVersion() {
            int newest = Math.min(version, VERSION);
            return newest >= Math.max(oldest == null ? version : oldest, OLDEST) ? newest : 0;
        }

        /// Why there is no [#commonVersion].
        ///
        /// @return a sentence
        public String versionRefusal() {
            return "driver of port %s speaks version %s of the control messages, this switch version %s; use the same release"
                    .formatted(
                            port,
                            range(oldest == null ? version : oldest, version),
                            range(OLDEST, VERSION));
        }

        /// Whether the driver has a feature.
        ///
        /// @param feature its name
        /// @return true if so
        public boolean has(String feature) {
            return features != null && features.contains(feature);
        }

        private static String range(int oldest, int newest) {
            return oldest == newest ? String.valueOf(newest) : oldest + " to " + newest;
        }

        /// Without a secret.
        ///
        /// @param id the request's
        /// @param version the only one that it speaks
        /// @param port the name of the port it drives
        /// @param pid its process id; 0 in a virtual machine
        /// @param program what it is, for people
        public Hello(long id, int version, String port, long pid, String program) {
            this(id, version, port, pid, program, null, null, null, null);
        }

        /// Keeps the secret out of logs.
        @Override
        public String toString() {
            return "Hello[id=%d, version=%d, port=%s, pid=%d, program=%s%s]"
                    .formatted(id, version, port, pid, program, secret == null ? "" : ", secret");
        }
    }

    /// The port's region is ready; from now on the driver may use it.
    ///
    /// @param id the request's
    /// @param version the one that both sides speak from now on
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

    /// The port was switched on or off at the switch, for instance by a port-mod. Only to drivers
    /// with the feature [#STATE]; a port is on until the first of these.
    ///
    /// @param id the request's
    /// @param up false while nothing that the driver sends is forwarded, and nothing sent to it
    record State(long id, boolean up) implements ControlMessage {}

    /// The request was carried out.
    ///
    /// @param id the request's
    record Done(long id) implements ControlMessage {}

    /// The request was not carried out.
    ///
    /// @param id the request's
    /// @param reason what happened, to which object, and what to do
    /// @param slot of the link that it is about, if it is no answer; else null, and not on the wire
    record Failed(long id, String reason, @JsonInclude(JsonInclude.Include.NON_NULL) Integer slot)
            implements ControlMessage {
        /// Leaves nothing in the reason that is not to be seen: it gets into logs.
        public Failed {
            reason = MessageCodec.readable(reason);
        }

        /// An answer.
        ///
        /// @param id the request's
        /// @param reason what happened, to which object, and what to do
        public Failed(long id, String reason) {
            this(id, reason, null);
        }
    }

    /// A message of a type that is not known here: from somebody newer.
    ///
    /// @param id the request's, if it is one
    record Unknown(long id) implements ControlMessage {
        /// Checks the fields.
        public Unknown {
            require(id != 0, "neither its type nor its id is known");
        }
    }

    /// Where a region is. On the host it has a path; in a guest it is found by its id.
    ///
    /// @param regionId as in its header
    /// @param sizeBytes a power of two
    /// @param path on the host; null in a guest
    record RegionRef(long regionId, long sizeBytes, String path) {}

    /// Features of a driver that are looked at; there are fewer.
    int FEATURES = 64;

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException("control message: " + message);
        }
    }
}
