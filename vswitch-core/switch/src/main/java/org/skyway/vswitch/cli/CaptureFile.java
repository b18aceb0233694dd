package org.skyway.vswitch.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;
import org.skyway.ivshmem.sys.Reasons;

/// Where a capture goes: a file, in which there are only whole blocks, whatever happens, or
/// standard output.
final class CaptureFile implements AutoCloseable {
    private static final String STANDARD_OUTPUT = "-";

    private final FileChannel channel;
    private final boolean isFile;
    private JsonNode last;

    /// Whoever reads standard output does not any more.
    static final class NobodyReadsException extends IOException {
        private static final long serialVersionUID = 1L;
        private final transient JsonNode last;

        private NobodyReadsException(JsonNode last, IOException cause) {
            super(cause.getMessage(), cause);
            this.last = last;
        }

        /// What the switch answered last.
        JsonNode last() {
            return last;
        }
    }

    private CaptureFile(FileChannel channel, boolean isFile) {
        this.channel = channel;
        this.isFile = isFile;
    }

    /// Opens it, once the switch has said that it captures: a request that it refuses leaves an old
    /// file as it is.
    ///
    /// @param file its path, or `-`
    /// @param begin asks the switch
    static CaptureFile open(String file, Supplier<JsonNode> begin) throws IOException {
        boolean isFile = !file.equals(STANDARD_OUTPUT);
        if (!isFile && System.console() != null && System.console().isTerminal()) {
            throw new IOException("standard output is a terminal; write to a file, or into a pipe");
        }
        JsonNode first = begin.get();
        CaptureFile out;
        try {
            out =
                    new CaptureFile(
                            isFile
                                    ? FileChannel.open(
                                            Path.of(file),
                                            StandardOpenOption.CREATE,
                                            StandardOpenOption.TRUNCATE_EXISTING,
                                            StandardOpenOption.WRITE)
                                    : new FileOutputStream(FileDescriptor.out).getChannel(),
                            isFile);
        } catch (IOException e) {
            throw new IOException(Reasons.of(e), e);
        }
        try {
            out.take(first);
            return out;
        } catch (IOException | RuntimeException e) {
            out.close();
            throw e;
        }
    }

    /// What the switch answered when it was asked first.
    JsonNode first() {
        return last;
    }

    /// Writes what an answer brings.
    ///
    /// @return the answer
    JsonNode take(JsonNode answer) throws IOException {
        last = answer;
        ByteBuffer bytes = ByteBuffer.wrap(answer.path("pcapng").binaryValue());
        long before = isFile ? channel.position() : 0;
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            if (!isFile) {
                throw new NobodyReadsException(answer, e);
            }
            channel.truncate(before); // a full disk has taken a part of it
            throw e;
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        if (isFile) {
            channel.close();
        }
    }
}
