package org.skyway.vswitch.state;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.wire.DocumentContext;
import org.skyway.vswitch.journal.QueueFile;

/// Reads a queue up to the last change that is whole.
final class StateReader implements SavedCodec.Reader {
    /// What Chronicle maps at a time: it must not look behind the end of a file that was cut short.
    private static final long CHUNK = 64L << 20;

    private Map<Object, Saved> items = new LinkedHashMap<>();
    private final List<Excerpt> open = new ArrayList<>(); // changes whose last ones are to come
    private Excerpt.Header header;
    private boolean complete;

    /// What a queue holds.
    ///
    /// @param header what it is; null if it does not even say that
    /// @param complete whether all that was known when it was begun is in it
    /// @param items by key, in the order in which they came
    record Content(Excerpt.Header header, boolean complete, Map<Object, Saved> items) {}

    static Content read(Path folder) throws IOException {
        mend(folder);
        StateReader reader = new StateReader();
        try (ChronicleQueue queue = QueueFile.queue(folder, false);
                ExcerptTailer tailer = queue.createTailer()) {
            while (reader.take(tailer)) {}
        } catch (RuntimeException | InternalError e) {
            // Chronicle's own words for what is cut short or damaged: what came before counts.
        }
        return new Content(reader.header, reader.complete, reader.items);
    }

    private static void mend(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(f -> f.toString().endsWith(".cq4")).toList();
        }
        for (Path file : files) {
            try (RandomAccessFile f = new RandomAccessFile(file.toFile(), "rw")) {
                f.setLength((f.length() + CHUNK - 1) / CHUNK * CHUNK);
            }
        }
    }

    private boolean take(ExcerptTailer tailer) throws IOException {
        Excerpt excerpt;
        try (DocumentContext document = tailer.readingDocument()) {
            if (!document.isPresent()) {
                return false;
            }
            Bytes<?> in = document.wire().bytes();
            byte[] bytes = new byte[(int) in.readRemaining()];
            in.read(bytes);
            excerpt = Excerpt.decode(bytes);
        }
        return excerpt != null && take(excerpt);
    }

    private boolean take(Excerpt excerpt) throws IOException {
        switch (excerpt.kind()) {
            case HEADER -> {
                header = Excerpt.Header.read(excerpt.body());
                return StateStore.isRead(header.format());
            }
            case COMPLETE -> complete = true;
            case MORE -> open.add(excerpt);
            case LAST -> {
                open.add(excerpt);
                for (Excerpt e : open) {
                    apply(e.body());
                }
                open.clear();
            }
        }
        return true;
    }

    private void apply(byte[] body) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(body));
        while (in.available() > 0) {
            SavedCodec.read(in, this);
        }
    }

    @Override
    public void put(Saved item) {
        items.put(item.key(), item);
    }

    @Override
    public void remove(Object key) {
        if (key instanceof Saved.AllFlows) {
            items.keySet().removeIf(Saved.FlowKey.class::isInstance);
        } else {
            items.remove(key);
        }
    }
}
