package org.skyway.vswitch.ofproto;

import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.skyway.openflow.message.AsyncMessage;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.ExtensionMessage;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.model.Bytes;
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

    private final Ofproto ofproto;
    private final OfSwitch bridge;
    private final boolean service;
    private final long probeNanos; // 0 for never
    private final Runnable onGreeted;
    private final Runnable onGone;
    private final MultipartAssembler assembler = new MultipartAssembler();
    private Connection connection;
    private long lastReceivedNanos = System.nanoTime();
    private boolean probed;

    /// @param service whether it connected by itself, as tools do
    /// @param probeSeconds how long it may be silent before it is probed; 0 for ever
    /// @param onGreeted called after the hello exchange
    /// @param onGone called when the connection is gone
    ControllerPeer(
            Ofproto ofproto,
            OfSwitch bridge,
            String name,
            boolean service,
            int probeSeconds,
            Runnable onGreeted,
            Runnable onGone) {
        super(bridge.config(), name);
        this.ofproto = ofproto;
        this.bridge = bridge;
        this.service = service;
        this.probeNanos = TimeUnit.SECONDS.toNanos(probeSeconds);
        this.onGreeted = onGreeted;
        this.onGone = onGone;
    }

    @Override
    void greeted() {
        connection =
                new Connection(
                        name(),
                        service,
                        version(),
                        this::sendAndShow,
                        () -> !channel().isWritable());
        bridge.connections().opened(connection);
        ofproto.connectionsChanged();
        onGreeted.run();
        LOG.debug("{}: connected, {}", name(), version());
    }

    private void sendAndShow(byte[] frame) {
        ofproto.snoops().show(service, frame);
        send(frame);
    }

    @Override
    void received(byte[] frame) {
        lastReceivedNanos = System.nanoTime();
        probed = false;
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
            List<Envelope> decoded = new ArrayList<>(parts.size());
            for (byte[] part : parts) {
                offending = part;
                decoded.add(decode(part, parts.size() > 1));
            }
            offending = frame;
            Envelope e = parts.size() == 1 ? decoded.getFirst() : MultipartAssembler.join(decoded);
            ofproto.requests().handle(connection, e, frame);
            if (mayChangeWishes(e.message())) {
                ofproto.connectionsChanged(); // before the barrier that may follow
            }
        } catch (OpenFlowException refused) {
            LOG.debug("{}: {}", name(), refused.getMessage());
            connection.sendError(refused.code(), offending);
        } catch (RuntimeException | InternalError bug) {
            int type = OpenFlowCodec.type(frame);
            LOG.error("{}: message of type {} could not be done", name(), type, bug);
            connection.sendError(ErrorCode.OFPBRC_BAD_TYPE, frame);
        }
    }

    private Envelope decode(byte[] frame, boolean oneOfMany) {
        return OpenFlowCodec.decode(
                frame,
                connection.tableInCommand(),
                type -> {
                    Requests.admit(connection, type);
                    if (oneOfMany && !MultipartAssembler.maySpan(type)) {
                        throw new OpenFlowException(
                                ErrorCode.OFPBRC_BAD_STAT, "this request can't come in parts");
                    }
                });
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
        if (connection != null) {
            bridge.settle();
        }
        super.channelReadComplete(ctx);
    }

    /// Looks whether the other side is alive, and goes on. Once a second.
    void probe(long now) {
        for (byte[] part : assembler.expire(now)) {
            connection.sendError(ErrorCode.OFPBRC_MULTIPART_REQUEST_TIMEOUT, part);
        }
        if (probeNanos == 0 || connection == null) {
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
