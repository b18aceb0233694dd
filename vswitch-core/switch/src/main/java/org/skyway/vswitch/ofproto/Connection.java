package org.skyway.vswitch.ofproto;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.skyway.openflow.message.AsyncConfig;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.PacketIn;
import org.skyway.openflow.message.Role;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.wire.OpenFlowCodec;

/// One OpenFlow connection after its hello: what its controller has chosen, and a way to send.
/// Ofproto thread only.
final class Connection {
    /// Bytes of a table miss that a controller gets unless it asks for more or less.
    private static final int DEFAULT_MISS_SEND_LENGTH = 128;

    /// Bytes of messages that nobody asked for that a controller may leave unread.
    private static final long MAX_UNREAD = 16 << 20;

    private final String name;
    private final boolean service;
    private final Version version;
    private final Consumer<byte[]> output;
    private final BiConsumer<byte[], Runnable> telling;
    private final BooleanSupplier congested;
    private final PacketInGate packetIns;
    private final Consumer<Boolean> hold;
    private final Runnable giveUp;
    private long unread; // bytes that it was told and did not ask for since it stopped reading

    private boolean nxmFlowFormat;
    private boolean tableInCommand;
    private PacketIn.Format packetInFormat = PacketIn.Format.STANDARD;
    private int controllerId;
    private int missSendLength;
    private Role role = Role.EQUAL;
    private AsyncConfig async;

    /// The controller's flow monitors by id.
    final Map<Integer, FlowMonitors.Monitor> monitors = new HashMap<>();

    /// The controller's bundles by id.
    final Map<Integer, Bundle> bundles = new HashMap<>();

    /// @param name for logs
    /// @param service whether the other side connected by itself, as tools do: then it gets no
    ///   asynchronous messages until it asks for them
    /// @param output takes whole frames
    /// @param telling the same, and says when it has left
    /// @param flush has what was sent leave now, if the other side reads
    /// @param congested whether the other side does not read
    /// @param hold has further messages wait, or go on
    /// @param giveUp ends the connection, because the other side does not read
    Connection(
            String name,
            boolean service,
            Version version,
            Consumer<byte[]> output,
            BiConsumer<byte[], Runnable> telling,
            Runnable flush,
            BooleanSupplier congested,
            Consumer<Boolean> hold,
            Runnable giveUp) {
        this.name = name;
        this.service = service;
        this.version = version;
        this.output = output;
        this.telling = telling;
        this.packetIns = new PacketInGate(this::sendPacketIn, flush);
        this.congested = congested;
        this.hold = hold;
        this.giveUp = giveUp;
        this.missSendLength = service ? 0 : DEFAULT_MISS_SEND_LENGTH;
        this.async = AsyncDefaults.of(version);
    }

    String name() {
        return name;
    }

    boolean service() {
        return service;
    }

    Version version() {
        return version;
    }

    boolean nxmFlowFormat() {
        return nxmFlowFormat;
    }

    void nxmFlowFormat(boolean on) {
        nxmFlowFormat = on;
    }

    boolean tableInCommand() {
        return tableInCommand;
    }

    void tableInCommand(boolean on) {
        tableInCommand = on;
    }

    PacketIn.Format packetInFormat() {
        return packetInFormat;
    }

    void packetInFormat(PacketIn.Format format) {
        packetInFormat = format;
    }

    int controllerId() {
        return controllerId;
    }

    void controllerId(int id) {
        controllerId = id;
    }

    int missSendLength() {
        return missSendLength;
    }

    void missSendLength(int bytes) {
        missSendLength = bytes;
    }

    /// Asks for asynchronous messages at last.
    void wantAsync() {
        if (service && missSendLength == 0) {
            missSendLength = DEFAULT_MISS_SEND_LENGTH;
        }
    }

    Role role() {
        return role;
    }

    void role(Role newRole) {
        role = newRole;
    }

    AsyncConfig async() {
        return async;
    }

    void async(AsyncConfig config) {
        async = config;
    }

    /// Whether the controller gets asynchronous messages at all.
    boolean listens() {
        return !service || missSendLength != 0;
    }

    /// What the controller wants to be told in its present role.
    AsyncConfig.Masks wanted() {
        return role == Role.SECONDARY ? async.secondary() : async.primary();
    }

    /// Whether the other side does not read, so that packets for it are dropped.
    boolean congested() {
        return congested.getAsBoolean();
    }

    /// Has the controller's further messages wait, or go on.
    void held(boolean value) {
        hold.accept(value);
    }

    /// Sends an answer to a request.
    void reply(Envelope request, Message answer) {
        OpenFlowCodec.encodeAll(request.reply(answer), tableInCommand, output);
    }

    /// What it gets of the packets that are for it.
    PacketInGate packetIns() {
        return packetIns;
    }

    private void sendPacketIn(PacketIn m, Runnable left) {
        if (congested()) {
            left.run(); // packets for who does not read are dropped
            return;
        }
        OpenFlowCodec.encodeAll(
                new Envelope(version, 0, m), tableInCommand, frame -> telling.accept(frame, left));
    }

    /// Sends a message of this side's own.
    void send(Message message) {
        send(new Envelope(version, 0, message));
    }

    /// Sends a message that nobody asked for. Whoever reads none for too long is given up: nothing
    /// is remembered for it without a bound.
    void send(Envelope envelope) {
        if (!congested()) {
            unread = 0;
        }
        OpenFlowCodec.encodeAll(
                envelope,
                tableInCommand,
                frame -> {
                    unread += frame.length;
                    output.accept(frame);
                });
        if (unread > MAX_UNREAD) {
            unread = 0;
            giveUp.run();
        }
    }

    /// Refuses a message.
    ///
    /// @param frame the message that is wrong
    void sendError(ErrorCode error, byte[] frame) {
        output.accept(OpenFlowCodec.error(version, error, frame));
    }
}
