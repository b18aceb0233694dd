package org.skyway.vnf.tester;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.skyway.pmd.control.VirtioSerialPort;

/// Where a tester's commands come from, a line each, and where its answers go. One thread.
public interface Commands {
    /// The next command.
    ///
    /// @return a line; null if there will be none
    /// @throws IOException if it can't be read
    /// @throws InterruptedException if interrupted while waiting
    String next() throws IOException, InterruptedException;

    /// Answers.
    ///
    /// @param line without its line feed
    /// @throws IOException if it can't be written
    void answer(String line) throws IOException;

    /// Standard input and output.
    ///
    /// @return commands until its end
    static Commands standard() {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = System.out;
        return new Commands() {
            @Override
            public String next() throws IOException {
                return in.readLine();
            }

            @Override
            public void answer(String line) {
                out.println(line);
                out.flush();
            }
        };
    }

    /// A virtio-serial port of a guest. It never ends: whoever speaks on the host may come again.
    ///
    /// @param device like `/dev/virtio-ports/org.skyway.tester.0`
    /// @return commands
    /// @throws IOException if it can't be opened
    static Commands virtioSerial(Path device) throws IOException {
        return new DeviceCommands(VirtioSerialPort.open(device));
    }

    /// Lines of a channel whose reads yield -1 while nobody is at its other end.
    final class DeviceCommands implements Commands {
        private static final long ABSENT_MILLIS = 50;
        private static final int LONGEST = 512;

        private final ByteChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocate(LONGEST).flip();
        private final StringBuilder line = new StringBuilder();

        DeviceCommands(ByteChannel channel) {
            this.channel = channel;
        }

        @Override
        public String next() throws IOException, InterruptedException {
            while (true) {
                while (buffer.hasRemaining()) {
                    char c = (char) (buffer.get() & 0xff);
                    if (c == '\n') {
                        String whole = line.toString();
                        line.setLength(0);
                        return whole;
                    }
                    if (line.length() < LONGEST) {
                        line.append(c); // the rest of what is longer is no command anyway
                    }
                }
                buffer.clear();
                int n = channel.read(buffer);
                buffer.flip();
                if (n < 0) {
                    line.setLength(0);
                    Thread.sleep(ABSENT_MILLIS);
                }
            }
        }

        @Override
        public void answer(String answer) throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap((answer + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }
}
