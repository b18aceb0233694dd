package org.skyway.memif;

import java.io.IOException;
import java.util.List;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.sys.Descriptor;
import org.skyway.ivshmem.sys.ForeignMemory;

/// A server and a client that have agreed, without sockets between them.
final class Pair implements AutoCloseable {
    static final int MAX_FRAME = 2048;

    final MemifServer server;
    final MemifClient client;
    private final ForeignMemory frames; // of the packets that are sent

    Pair(int log2, int bufferBytes) throws MemifException, IOException {
        server = new MemifServer((id, secret, who) -> "if" + id, MAX_FRAME);
        client =
                new MemifClient(
                        new MemifClient.Settings(3, new byte[0], "mine", log2, bufferBytes),
                        MAX_FRAME);
        MemifClient.Said said = client.answer(server.hello(), List.of());
        while (said != null) {
            MemifMessage m = MemifMessage.decode(said.message().encode());
            List<Descriptor> attached =
                    said.attached() == null ? List.of() : List.of(said.attached().copy());
            MemifMessage answer = server.answer(m, attached);
            said = client.answer(MemifMessage.decode(answer.encode()), List.of());
        }
        frames = ForeignMemory.map("frames", Descriptor.memory("frames", 1 << 20), 1 << 20);
    }

    MemifConnection server() {
        return server.connection();
    }

    MemifConnection client() {
        return client.connection();
    }

    /// Sends one packet.
    boolean send(MemifSender by, byte[] packet) {
        return send(by, List.of(packet)) == 1;
    }

    /// Sends packets.
    int send(MemifSender by, List<byte[]> packets) {
        long[] addresses = new long[packets.size()];
        int[] lengths = new int[packets.size()];
        for (int i = 0; i < packets.size(); i++) {
            addresses[i] = frames.address() + i * 4096L + i % 7;
            lengths[i] = packets.get(i).length;
            Memory.copyFromArray(packets.get(i), 0, addresses[i], lengths[i]);
        }
        return by.offer(addresses, lengths, 0, packets.size());
    }

    /// Receives packets.
    static List<byte[]> receive(MemifReceiver by, int max) {
        long[] addresses = new long[max];
        int[] lengths = new int[max];
        int n = by.peek(addresses, lengths, max);
        byte[][] packets = new byte[n][];
        for (int i = 0; i < n; i++) {
            packets[i] = new byte[lengths[i]];
            Memory.copyToArray(addresses[i], packets[i], 0, lengths[i]);
        }
        if (n > 0) {
            by.release();
        }
        return List.of(packets);
    }

    /// Where a ring is, in the client's memory.
    long ring(boolean toServer) {
        int log2 = Integer.numberOfTrailingZeros(server().sender().size());
        return client.memory().address() + (toServer ? 0 : MemifLayout.ringBytes(log2));
    }

    @Override
    public void close() {
        server().close();
        client().close();
        frames.close();
    }
}
