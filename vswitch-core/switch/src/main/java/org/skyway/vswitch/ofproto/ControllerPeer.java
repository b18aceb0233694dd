package org.skyway.vswitch.ofproto;

import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.skyway.openflow.message.AsyncMessage;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.ExtensionMessage;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.wire.MessageHead;
import org.skyway.openflow.wire.OpenFlowCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection to a controller or a tool: decodes its requests and has them done. What one of them
/// sends can't end another's connection. On the ofproto thread.
final class ControllerPeer extends Peer {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerPeer.class);
    private static final int ERROR = 1;
    private static final int ECHO_REQUEST = 2;
    private static final int ECHO_REPLY = 3;

    /// How long it is served before others are.
    private static final long TURN_NANOS = 5_000_000;

    /// How long the other side may take to say hello.
    private static final long STRANGER_NANOS = 10_000_000_000L;

    private final Ofproto ofproto;
    private final OfSwitch bridge;
    private final boolean service;
    private final Supplier<ControllerSettings> settings;
    private final Runnable onGreeted;
    private final Runnable onGone;
    private final MultipartAssembler assembler = new MultipartAssembler();
    private Connection connection;
    private Admission admission;
    private long lastReceivedNanos = System.nanoTime();
    private boolean probed;
    private boolean atTurn; // has begun to be served
    private long turnEndNanos;
    private boolean goesOn; // with what waits, when others have had their turn
    private boolean held; // until what it has asked for is effective
    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();

    /// @param service whether it connected by itself, as tools do
    /// @param settings how it is treated at the moment
    /// @param onGreeted called after the hello exchange
    /// @param onGone called when the connection is gone
    ControllerPeer(
            Ofproto ofproto,
            OfSwitch bridge,
            String name,
            boolean service,
            Supplier<ControllerSettings> settings,
            Runnable onGreeted,
            Runnable onGone) {
        super(bridge.config(), name);
        this.ofproto = ofproto;
        this.bridge = bridge;
        this.service = service;
        this.settings = settings;
        this.onGreeted = onGreeted;
        this.onGone = onGone;
    }

    @Override
    void greeted() {
        admission = new Admission(System.nanoTime());
        connection =
                new Connection(
                        name(),
                        service,
                        version(),
                        this::sendAndShow,
                        this::sendAndTell,
                        () -> channel().flush(),
                        () -> !channel().isWritable(),
                        this::held,
                        () -> refuse("it does not read what it is told"));
        if (!settings.get().async()) {
            connection.async(AsyncDefaults.NOTHING);
        }
        treatAsSet();
        bridge.connections().opened(connection);
        ofproto.connectionsChanged();
        onGreeted.run();
        LOG.debug("{}: connected, {}", name(), version());
    }

    /// The connection after the hello exchange; null before.
    Connection connection() {
        return connection;
    }

    /// It may be treated otherwise from now on.
    void treatAsSet() {
        if (connection != null) {
            connection.packetIns().limit(settings.get(), System.nanoTime());
        }
    }

    private void sendAndTell(byte[] frame, Runnable left) {
        ofproto.snoops().show(service, frame);
        send(frame, left);
    }

    private void sendAndShow(byte[] frame) {
        ofproto.snoops().show(service, frame);
        send(frame);
    }

    @Override
    void received(byte[] frame) {
        lastReceivedNanos = System.nanoTime();
        probed = false;
        if (!service) {
            admission.received(frame, lastReceivedNanos);
            ofproto.controllerSpoke();
        }
        if (mayGoOn() && waiting.isEmpty()) {
            handle(frame);
        } else {
            // No more than had been read when reading stopped.
            waiting.add(frame);
            mayRead(false);
            goOnLater();
        }
    }

    // Whoever does not read answers gets no more of them, whoever has asked for something that
    // takes
    // its time gets the next answer after it, and whoever has had his turn lets others have theirs.
    private boolean mayGoOn() {
        if (held || !channel().isWritable()) {
            return false;
        }
        long now = System.nanoTime();
        if (!atTurn) {
            atTurn = true;
            turnEndNanos = now + TURN_NANOS;
        }
        return now - turnEndNanos < 0;
    }

    private void held(boolean value) {
        if (value != held) {
            held = value;
            mayRead(!held && waiting.isEmpty());
            goOnLater();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        super.channelWritabilityChanged(ctx);
        goOnLater();
    }

    // Not from here, where another connection's message may be at work.
    private void goOnLater() {
        if (!goesOn && !held && !waiting.isEmpty() && channel().isWritable()) {
            goesOn = true;
            channel().eventLoop().execute(this::goOn);
        }
    }

    private void goOn() {
        goesOn = false;
        atTurn = false;
        while (!waiting.isEmpty() && mayGoOn()) {
            handle(waiting.remove());
        }
        endTurn();
        channel().flush();
    }

    private void endTurn() {
        atTurn = false;
        if (waiting.isEmpty()) {
            mayRead(!held);
            bridge.by(connection);
            bridge.settle();
            bridge.by(null);
        } else {
            goOnLater();
        }
    }

    private void handle(byte[] frame) {
        bridge.by(connection);
        try {
            done(frame);
        } finally {
            bridge.by(null);
        }
    }

    private void done(byte[] frame) {
        ofproto.snoops().show(service, frame);
        if (OpenFlowCodec.version(frame) != version().number()) {
            otherVersion(frame);
            return;
        }
        byte[] offending = frame;
        try {
            List<byte[]> parts = assembler.add(frame, lastReceivedNanos);
            if (parts == null) {
                return;
            }
            offending = parts.getFirst();
            Envelope e = decode(offending, parts.size() > 1);
            if (parts.size() > 1) {
                List<Envelope> decoded = new ArrayList<>(parts.size());
                decoded.add(e);
                for (byte[] part : parts.subList(1, parts.size())) {
                    offending = part;
                    decoded.add(decode(part, true));
                }
                e = MultipartAssembler.join(decoded);
            }
            offending = frame;
            ofproto.requests().handle(connection, e, frame);
            if (mayChangeWishes(e.message())) {
                ofproto.connectionsChanged(); // before the barrier that may follow
            }
        } catch (OpenFlowException refused) {
            LOG.debug("{}: {}", name(), refused.getMessage());
            connection.sendError(refused.code(), offending);
        } catch (Throwable bug) {
            bridge.faults().record("ofproto thread: message", bug);
            connection.sendError(ErrorCode.OFPBRC_BAD_TYPE, frame);
        }
    }

    private Envelope decode(byte[] frame, boolean oneOfMany) {
        MessageHead head = OpenFlowCodec.head(frame, 0, frame.length);
        MessageRequests.admit(connection, head.type());
        if (oneOfMany && !MultipartAssembler.maySpan(head.type())) {
            throw new OpenFlowException(
                    ErrorCode.OFPBRC_BAD_STAT, "this request can't come in parts");
        }
        return head.decode(connection.tableInCommand());
    }

    /// Hellos, errors and echoes mean the same in every version, and are taken in any.
    private void otherVersion(byte[] frame) {
        // There is no version 0, so nothing in it means anything.
        switch (OpenFlowCodec.version(frame) == 0 ? -1 : OpenFlowCodec.type(frame)) {
            case ECHO_REQUEST -> {
                byte[] reply = frame.clone();
                reply[1] = ECHO_REPLY;
                sendAndShow(reply);
            }
            case ECHO_REPLY -> {}
            case OpenFlowCodec.HELLO, ERROR ->
                    sendAndShow(OpenFlowCodec.errorInItsVersion(ErrorCode.OFPBRC_BAD_TYPE, frame));
            default ->
                    sendAndShow(
                            OpenFlowCodec.errorInItsVersion(ErrorCode.OFPBRC_BAD_VERSION, frame));
        }
    }

    private static boolean mayChangeWishes(Message message) {
        return message instanceof Message.SetConfig
                || message instanceof AsyncMessage.SetAsync
                || message instanceof ExtensionMessage;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (connection != null && !goesOn) {
            endTurn();
        }
        super.channelReadComplete(ctx);
    }

    /// Whether it has taken the switch over; null before the hello exchange.
    Admission admission() {
        return admission;
    }

    /// Whether the hello exchange is still to come.
    boolean isStranger() {
        return connection == null;
    }

    /// Ends the connection.
    void refuse(String why) {
        bridge.faults().record("ofproto thread: connection", "refused", name() + ": " + why);
        channel().close();
    }

    /// Looks whether the other side is alive, and goes on. Ten times a second.
    void probe(long now) {
        if (channel() == null) {
            return; // still connecting
        }
        if (isStranger()) {
            if (now - lastReceivedNanos > STRANGER_NANOS) {
                refuse("it has not said hello");
            }
            return;
        }
        for (byte[] part : assembler.expire(now)) {
            connection.sendError(ErrorCode.OFPBRC_MULTIPART_REQUEST_TIMEOUT, part);
        }
        long probeNanos = TimeUnit.SECONDS.toNanos(settings.get().probeSeconds());
        if (probeNanos == 0) {
            return;
        }
        long silent = now - lastReceivedNanos;
        if (silent > 2 * probeNanos && probed) {
            LOG.warn("{}: no answer to an echo request; closing", name());
            channel().close();
        } else if (silent > probeNanos && !probed) {
            probed = true;
            connection.send(
                    new Envelope(version(), newXid(), new Message.EchoRequest(Bytes.EMPTY)));
        }
    }

    @Override
    void gone() {
        if (connection != null) {
            bridge.connections().closed(connection);
            bridge.monitors().closed(connection);
            ofproto.connectionsChanged();
            LOG.debug("{}: disconnected", name());
        }
        onGone.run();
    }
}
