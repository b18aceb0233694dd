package org.skyway.experiments.hostile;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.skyway.bypass.control.ControlCodec;
import org.skyway.bypass.control.ControlMessage;
import org.skyway.bypass.control.ControlMessage.Done;
import org.skyway.bypass.control.ControlMessage.Failed;
import org.skyway.bypass.control.ControlMessage.Hello;
import org.skyway.ivshmem.region.RunDirectory;

/// Attacks by control messages, some on connections of their own.
final class Messages {
    private static final int VISITS = 1000;

    private Messages() {}

    static void garbage(HostileStage s) throws IOException {
        byte[] bytes = new byte[s.random().nextInt(1, 4000)];
        s.random().nextBytes(bytes);
        if (s.random().nextBoolean()) {
            bytes =
                    ("{\"type\":\"done\",\"id\":" + new String(bytes, StandardCharsets.ISO_8859_1))
                            .getBytes(StandardCharsets.UTF_8);
        }
        visit(s, hello(s), bytes, "\n".getBytes(StandardCharsets.UTF_8));
        visit(s, bytes);
    }

    static void huge(HostileStage s) throws IOException {
        visit(s, "{".repeat(1 << s.random().nextInt(10, 20)).getBytes(StandardCharsets.UTF_8));
        visit(s, ("[".repeat(8000) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    static void unknown(HostileStage s) throws IOException {
        for (String line :
                List.of(
                        "{\"type\":\"shutdown\",\"id\":1}",
                        "{\"type\":\"attach\",\"id\":1,\"slot\":0,\"region\":{\"regionId\":1,\"sizeBytes\":64,\"path\":\"/etc/passwd\"},\"sideA\":true,\"link\":\"x\"}",
                        "{\"type\":\"welcome\",\"id\":1,\"version\":1,\"region\":null}",
                        "{\"type\":\"hello\",\"id\":1,\"version\":99,\"port\":\"vnf1\",\"pid\":1,\"program\":\"x\"}",
                        "{\"type\":\"hello\",\"id\":1,\"version\":1,\"port\":\"../../etc\",\"pid\":-1,\"program\":null}",
                        "null",
                        "[]",
                        "{}")) {
            visit(s, (line + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    static void answers(HostileStage s) throws IOException {
        for (int i = 0; i < 200 && s.vnf().isConnected(); i++) {
            long id = s.random().nextBoolean() ? s.random().nextInt(100) : s.random().nextLong();
            s.vnf()
                    .channel()
                    .send(s.random().nextBoolean() ? new Done(id) : new Failed(id, "because"));
            s.pause(3);
        }
    }

    static void helloTwice(HostileStage s) throws IOException {
        s.vnf().channel().send(new Hello(2, ControlMessage.VERSION, s.port(), 1, "again"));
        s.pause(200);
    }

    static void helloForOthers(HostileStage s) throws IOException {
        for (String other : s.others()) {
            visit(s, ControlCodec.encode(new Hello(1, ControlMessage.VERSION, other, 1, "thief")));
        }
    }

    static void hellos(HostileStage s) throws IOException {
        for (int i = 0; i < VISITS; i++) {
            visit(s, hello(s));
        }
    }

    static void silence(HostileStage s) throws IOException {
        List<SocketChannel> open = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                SocketChannel channel = connect(s);
                open.add(channel);
                if (i % 2 == 0) {
                    channel.write(ByteBuffer.wrap("{\"type\":\"hel".getBytes()));
                }
            }
            s.pause(2000);
        } catch (IOException e) {
            s.pause(100); // the switch closes what is too many
        } finally {
            for (SocketChannel channel : open) {
                channel.close();
            }
        }
    }

    static void badAnswers(HostileStage s) throws IOException {
        RawVnf.Answers[] all = RawVnf.Answers.values();
        s.vnf().answers(all[s.random().nextInt(all.length)]);
        s.pause(1000);
    }

    private static byte[] hello(HostileStage s) {
        ControlMessage hello =
                new Hello(
                        s.random().nextLong(),
                        ControlMessage.VERSION,
                        s.port(),
                        s.random().nextInt(),
                        "x");
        return ControlCodec.encode(hello);
    }

    private static SocketChannel connect(HostileStage s) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(
                    UnixDomainSocketAddress.of(s.runDirectory().resolve(RunDirectory.PMD_SOCKET)));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    // A connection that says something and goes, whatever the answer is.
    private static void visit(HostileStage s, byte[]... lines) {
        try (SocketChannel channel = connect(s)) {
            for (byte[] line : lines) {
                ByteBuffer out = ByteBuffer.wrap(line);
                while (out.hasRemaining()) {
                    channel.write(out);
                }
            }
            if (s.random().nextInt(4) == 0) {
                channel.shutdownOutput();
                channel.read(ByteBuffer.allocate(4096));
            }
        } catch (IOException e) {
            // The switch hung up in the middle: what it is expected to do.
            return;
        }
    }
}
