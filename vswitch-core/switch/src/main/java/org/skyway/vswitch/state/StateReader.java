package org.skyway.vswitch.state;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.skyway.openflow.message.OpenFlowException;

/// Reads a queue up to the last change that is whole. Without Chronicle, which takes longer to
/// initialise itself than all else that a switch does before it forwards again; of the form of its
/// files, only that documents follow each other matters here: each begins at a multiple of four
/// bytes with a word (little-endian) of its length and two bits, one for what is not finished and
/// one for what is Chronicle's own ([net.openhft.chronicle.wire.Wires]). Excerpts have checksums.
final class StateReader implements SavedCodec.Reader {
    private static final int NOT_COMPLETE = 1 << 31;
    private static final int OWN = 1 << 30;
    private static final int LENGTH = OWN - 1;
    private static final int END_OF_FILE = NOT_COMPLETE | OWN; // others follow
    private static final int BUFFER_BYTES = 1 << 16;

    private final Map<Object, Saved> items = new LinkedHashMap<>();
    private final List<OpenFlowException> refused = new ArrayList<>();
    private final List<Excerpt> open = new ArrayList<>(); // changes whose last ones are to come
    private Excerpt.Header header;
    private boolean complete;

    /// What a queue holds.
    ///
    /// @param header what it is; null if it does not even say that
    /// @param complete whether all that was known when it was begun is in it
    /// @param items by key, in the order in which they came
    /// @param refused why others were left out
    record Content(
            Excerpt.Header header,
            boolean complete,
            Map<Object, Saved> items,
            List<OpenFlowException> refused) {}

    static Content read(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(f -> f.toString().endsWith(".cq4")).sorted().toList(); // by days
        }
        StateReader reader = new StateReader();
        for (Path file : files) {
            if (!reader.takeAll(file)) {
                break;
            }
        }
        return new Content(reader.header, reader.complete, reader.items, reader.refused);
    }

    /// @return whether all of the file was whole, and what follows is in another one
    private boolean takeAll(Path file) throws IOException {
        try (DataInputStream in =
                new DataInputStream(
                        new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES))) {
            while (true) {
                int word = Integer.reverseBytes(in.readInt());
                if (word == END_OF_FILE) {
                    return true;
                }
                int length = word & LENGTH;
                if (word == 0 || (word & NOT_COMPLETE) != 0) {
                    return false; // here it ends
                }
                if ((word & OWN) != 0) {
                    in.skipNBytes(length);
                } else {
                    byte[] bytes = in.readNBytes(length);
                    Excerpt excerpt = bytes.length < length ? null : Excerpt.decode(bytes);
                    if (excerpt == null || !take(excerpt)) {
                        return false;
                    }
                }
                in.skipNBytes(-length & Integer.BYTES - 1);
            }
        } catch (EOFException e) {
            return false; // it was cut short: what came before counts
        }
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
    public void refused(OpenFlowException reason) {
        refused.add(reason);
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
