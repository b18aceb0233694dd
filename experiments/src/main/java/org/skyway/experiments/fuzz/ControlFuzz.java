package org.skyway.experiments.fuzz;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import org.skyway.bypass.control.ControlChannel;
import org.skyway.bypass.control.ControlCodec;
import org.skyway.bypass.control.ControlMessage;

/// Control messages as a driver or a guest may send them: a stream of lines.
public final class ControlFuzz {
    private ControlFuzz() {}

    /// One input.
    ///
    /// @param input what came
    /// @throws IOException if a message that was read can't be read again
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        ControlChannel channel = new ControlChannel(new Bytes(input));
        while (true) {
            ControlMessage message;
            try {
                message = channel.receive();
            } catch (IOException e) {
                return; // hung up on
            }
            if (message == null) {
                return;
            }
            String line = new String(ControlCodec.encode(message), StandardCharsets.UTF_8);
            if (!message.equals(ControlCodec.decode(line))) {
                throw new AssertionError(message + " became " + ControlCodec.decode(line));
            }
        }
    }

    private record Bytes(ReadableByteChannel in) implements ByteChannel {
        Bytes(byte[] input) {
            this(Channels.newChannel(new ByteArrayInputStream(input)));
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            return in.read(to);
        }

        @Override
        public int write(ByteBuffer from) {
            throw new UnsupportedOperationException("nothing is said here");
        }

        @Override
        public boolean isOpen() {
            return in.isOpen();
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
