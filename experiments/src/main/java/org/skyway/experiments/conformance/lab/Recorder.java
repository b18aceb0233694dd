package org.skyway.experiments.conformance.lab;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;

/// A switch that does nothing but remember what it is told. The real `ovs-ofctl` talks to it, and
/// what it said is then sent to both switches: to the byte the same, and many commands at once.
public final class Recorder implements AutoCloseable {
    private static final int HELLO = 0;

    private final Path directory;
    private final Path socket;
    private final ServerSocketChannel server;
    private final List<byte[]> recorded = new ArrayList<>();

    /// Starts listening.
    ///
    /// @param directory where its socket is made
    public Recorder(Path directory) {
        this.directory = directory;
        socket = directory.resolve("recorder.mgmt");
        try {
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw new ExperimentException("can't listen on " + socket + ": " + e.getMessage(), e);
        }
        Thread.ofPlatform().daemon().name("recorder").start(this::serve);
    }

    /// Runs an `ovs-ofctl` command.
    ///
    /// @param version OpenFlow wire version
    /// @param command the sub-command
    /// @param arguments what follows the switch's name
    /// @return the messages that it sent, without hello, barriers and echoes
    /// @throws ExperimentException if `ovs-ofctl` refuses it, with its words
    public List<byte[]> record(int version, String command, String... arguments) {
        List<String> words = new ArrayList<>();
        words.addAll(List.of("ovs-ofctl", "--no-names", "-O", name(version), command));
        words.add("unix:" + socket);
        words.addAll(List.of(arguments));
        synchronized (recorded) {
            recorded.clear();
        }
        Program.output(directory, words.toArray(new String[0]));
        synchronized (recorded) {
            return List.copyOf(recorded);
        }
    }

    /// Runs an `ovs-ofctl` command that waits for an answer which the recorder has not.
    ///
    /// @param version OpenFlow wire version
    /// @param command the sub-command
    /// @param arguments what follows the switch's name
    /// @return the messages that it sent before it gave up
    public List<byte[]> recordRequest(int version, String command, String... arguments) {
        try {
            return record(version, command, arguments);
        } catch (ExperimentException e) {
            synchronized (recorded) {
                return List.copyOf(recorded);
            }
        }
    }

    /// How `ovs-ofctl -O` calls a version.
    ///
    /// @param version wire version
    /// @return for instance `OpenFlow13`
    public static String name(int version) {
        return "OpenFlow1" + (version - 1);
    }

    private void serve() {
        try {
            while (true) {
                try (SocketChannel client = server.accept()) {
                    converse(client);
                } catch (java.nio.channels.ClosedChannelException e) {
                    return;
                } catch (java.io.EOFException e) {
                    // ovs-ofctl has said what it had to say.
                }
            }
        } catch (IOException e) {
            // The next record() finds nothing recorded and says so.
        }
    }

    private void converse(SocketChannel client) throws IOException {
        DataInputStream in = new DataInputStream(Channels.newInputStream(client));
        OutputStream out = Channels.newOutputStream(client);
        while (true) {
            byte[] head = new byte[8];
            in.readFully(head);
            int length = ByteBuffer.wrap(head).getShort(2) & 0xffff;
            byte[] message = java.util.Arrays.copyOf(head, length);
            in.readFully(message, 8, length - 8);
            int type = head[1];
            int barrier = head[0] == 1 ? 18 : 20;
            if (type == HELLO) {
                out.write(new byte[] {head[0], HELLO, 0, 8, 0, 0, 0, 1});
            } else if (type == barrier) {
                head[1]++;
                out.write(head);
            } else {
                synchronized (recorded) {
                    recorded.add(message);
                }
                if (expectsAnswer(head[0], type)) {
                    return; // closing makes ovs-ofctl give up at once
                }
            }
        }
    }

    private static boolean expectsAnswer(int version, int type) {
        return type == 5 || type == 7 || type == (version == 1 ? 16 : 18);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new ExperimentException("can't close " + socket + ": " + e.getMessage(), e);
        }
    }
}
