package org.skyway.vswitch.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/// What the page consists of, read once. There are these paths and no others, so none leads
/// anywhere else.
final class PageFiles {
    private static final Map<String, File> FILES = new HashMap<>();

    /// One of them.
    ///
    /// @param type for the header `Content-Type`
    /// @param bytes its content
    record File(String type, byte[] bytes) {}

    static {
        add("/", "index.html", "text/html; charset=utf-8");
        add("/page.css", "page.css", "text/css; charset=utf-8");
        add("/page.js", "page.js", "text/javascript; charset=utf-8");
        add("/graph.js", "graph.js", "text/javascript; charset=utf-8");
        add("/favicon.ico", "icon.svg", "image/svg+xml");
    }

    private PageFiles() {}

    private static void add(String path, String name, String type) {
        try (InputStream in = PageFiles.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name);
            }
            FILES.put(path, new File(type, in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The file at a path.
    ///
    /// @return null if there is none
    static File of(String path) {
        return FILES.get(path);
    }
}
