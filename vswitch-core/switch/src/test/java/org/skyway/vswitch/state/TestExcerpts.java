package org.skyway.vswitch.state;

import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/// Single excerpts, as a [StateQueue] writes them.
final class TestExcerpts {
    interface Body {
        void put(DataOutput out) throws IOException;
    }

    private TestExcerpts() {}

    static byte[] of(Excerpt.Kind kind, Body body) throws IOException {
        Excerpt.Writer writer = new Excerpt.Writer();
        body.put(new DataOutputStream(writer));
        return Arrays.copyOf(writer.end(kind), writer.size());
    }

    static byte[] of(Excerpt.Header header) throws IOException {
        return of(Excerpt.Kind.HEADER, header::put);
    }

    /// The one that says that all is there.
    static byte[] complete() throws IOException {
        return of(Excerpt.Kind.COMPLETE, _ -> {});
    }
}
