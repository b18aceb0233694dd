package org.skyway.pmd.dpdk;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;

/// The two ends of a ring, in whichever language. Byte i of packet n is n + i.
interface RingEnds {
    /// A packet that was shown.
    ///
    /// @param length bytes
    /// @param first its first byte
    /// @param at its distance from the ring's first byte
    /// @param whole whether the others follow from the first
    record Shown(int length, int first, long at, boolean whole) {}

    /// What a peek showed.
    ///
    /// @param packets in order
    /// @param mark that it stopped at, or 0
    record Peek(List<Shown> packets, long mark) {}

    /// Takes both ends as a new process would.
    void attach() throws IOException;

    int offer(long number, int[] lengths, int count) throws IOException;

    boolean mark(long mark) throws IOException;

    long usedCells() throws IOException;

    Peek peek(int max) throws IOException;

    void release() throws IOException;

    void takeMark() throws IOException;

    boolean isEmpty() throws IOException;

    void limit(long cursor) throws IOException;

    void unlimit() throws IOException;

    boolean isAtLimit() throws IOException;

    long shown() throws IOException;

    /// @return of the writing end, or an empty text
    String producerFault() throws IOException;

    /// @return of the reading end, or an empty text
    String consumerFault() throws IOException;

    /// The ends of this process.
    final class InJava implements RingEnds {
        private final long ring;
        private final long room;
        private final Region scratch;
        private final long[] addresses = new long[64];
        private final int[] lengths = new int[64];
        private RingProducer producer;
        private RingConsumer consumer;

        InJava(long ring, long room, Region scratch) {
            this.ring = ring;
            this.room = room;
            this.scratch = scratch;
        }

        @Override
        public void attach() throws IOException {
            producer = RingProducer.attach(ring, room, "test");
            consumer = RingConsumer.attach(ring, room, "test");
        }

        @Override
        public int offer(long number, int[] wanted, int count) {
            for (int i = 0; i < count; i++) {
                addresses[i] = scratch.address() + 2048L * i;
                for (int at = 0; at < wanted[i]; at++) {
                    Memory.putByte(addresses[i] + at, (int) (number + i + at));
                }
            }
            return producer.offer(addresses, wanted, 0, count);
        }

        @Override
        public boolean mark(long mark) {
            return producer.mark(mark);
        }

        @Override
        public long usedCells() {
            return producer.usedCells();
        }

        @Override
        public Peek peek(int max) {
            int count = consumer.peek(addresses, lengths, 0, max);
            List<Shown> packets = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int first = Memory.getByte(addresses[i]);
                boolean whole = true;
                for (int at = 0; at < lengths[i]; at++) {
                    whole &= Memory.getByte(addresses[i] + at) == (first + at & 0xff);
                }
                packets.add(new Shown(lengths[i], first, addresses[i] - ring, whole));
            }
            return new Peek(packets, consumer.mark());
        }

        @Override
        public void release() {
            consumer.release();
        }

        @Override
        public void takeMark() {
            consumer.takeMark();
        }

        @Override
        public boolean isEmpty() {
            return consumer.isEmpty();
        }

        @Override
        public void limit(long cursor) {
            consumer.limit(cursor);
        }

        @Override
        public void unlimit() {
            consumer.unlimit();
        }

        @Override
        public boolean isAtLimit() {
            return consumer.isAtLimit();
        }

        @Override
        public long shown() {
            return consumer.shown();
        }

        @Override
        public String producerFault() {
            return producer.isFaulty() ? producer.fault() : "";
        }

        @Override
        public String consumerFault() {
            return consumer.isFaulty() ? consumer.fault() : "";
        }
    }

    /// The ends of another process.
    ///
    /// @param peer which
    record InC(RingPeer peer) implements RingEnds {
        @Override
        public void attach() throws IOException {
            String answer = peer.ask("attach");
            if (!answer.equals("ok")) {
                throw new IOException(answer);
            }
        }

        @Override
        public int offer(long number, int[] lengths, int count) throws IOException {
            StringBuilder line = new StringBuilder("offer " + number);
            for (int i = 0; i < count; i++) {
                line.append(' ').append(lengths[i]);
            }
            return Integer.parseInt(peer.ask(line.toString()));
        }

        @Override
        public boolean mark(long mark) throws IOException {
            return peer.ask("mark " + Long.toHexString(mark)).equals("1");
        }

        @Override
        public long usedCells() throws IOException {
            return Long.parseUnsignedLong(peer.ask("used"));
        }

        @Override
        public Peek peek(int max) throws IOException {
            String[] words = peer.ask("peek " + max).split(" ");
            List<Shown> packets = new ArrayList<>();
            for (int i = 1; i < words.length; i++) {
                String[] parts = words[i].split(":");
                packets.add(
                        new Shown(
                                Integer.parseInt(parts[0]),
                                Integer.parseInt(parts[1]),
                                Long.parseLong(parts[2]),
                                parts[3].equals("1")));
            }
            return new Peek(packets, Long.parseUnsignedLong(words[0], 16));
        }

        @Override
        public void release() throws IOException {
            peer.ask("release");
        }

        @Override
        public void takeMark() throws IOException {
            peer.ask("take");
        }

        @Override
        public boolean isEmpty() throws IOException {
            return peer.ask("empty").equals("1");
        }

        @Override
        public void limit(long cursor) throws IOException {
            peer.ask("limit " + Long.toUnsignedString(cursor));
        }

        @Override
        public void unlimit() throws IOException {
            peer.ask("unlimit");
        }

        @Override
        public boolean isAtLimit() throws IOException {
            return peer.ask("atlimit").equals("1");
        }

        @Override
        public long shown() throws IOException {
            return Long.parseLong(peer.ask("shown"));
        }

        @Override
        public String producerFault() throws IOException {
            return fault(0);
        }

        @Override
        public String consumerFault() throws IOException {
            return fault(1);
        }

        private String fault(int which) throws IOException {
            return peer.ask("faults").split("\\|", -1)[which];
        }
    }
}
