package org.skyway.experiments.vm.image;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Writes a directory tree as a cpio archive in the "newc" format, which is what Linux unpacks at
/// boot (kernel documentation, "initramfs buffer format"). All files belong to root; entries come
/// in the order of their names, so the same tree gives the same bytes.
final class CpioWriter {
    private static final String MAGIC = "070701";
    private static final int DIRECTORY = 0040000;
    private static final int FILE = 0100000;
    private static final int LINK = 0120000;

    private final OutputStream out;
    private long position;
    private int inode = 1;

    private CpioWriter(OutputStream out) {
        this.out = out;
    }

    static void write(Path root, Path archive) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(archive), 1 << 20);
                Stream<Path> tree = Files.walk(root)) {
            CpioWriter writer = new CpioWriter(out);
            List<Path> sorted = tree.filter(p -> !p.equals(root)).sorted().toList();
            for (Path path : sorted) {
                writer.add(path, root.relativize(path).toString());
            }
            writer.entry("TRAILER!!!", 0, 0, 0);
            writer.pad(512);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void add(Path path, String name) throws IOException {
        long seconds = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toMillis() / 1000;
        if (Files.isSymbolicLink(path)) {
            byte[] target =
                    Files.readSymbolicLink(path).toString().getBytes(StandardCharsets.UTF_8);
            entry(name, LINK | 0777, seconds, target.length);
            data(target);
        } else if (Files.isDirectory(path)) {
            entry(name, DIRECTORY | 0755, seconds, 0);
        } else {
            long size = Files.size(path);
            entry(name, FILE | (Files.isExecutable(path) ? 0755 : 0644), seconds, size);
            position += Files.copy(path, out);
            pad(4);
        }
    }

    private void entry(String name, int mode, long seconds, long size) throws IOException {
        byte[] nameBytes = (name + "\0").getBytes(StandardCharsets.UTF_8);
        long[] fields = {inode++, mode, 0, 0, 1, seconds, size, 0, 0, 0, 0, nameBytes.length, 0};
        StringBuilder header = new StringBuilder(MAGIC);
        for (long field : fields) {
            header.append("%08x".formatted(field));
        }
        put(header.toString().getBytes(StandardCharsets.US_ASCII));
        data(nameBytes);
    }

    private void data(byte[] bytes) throws IOException {
        put(bytes);
        pad(4);
    }

    private void put(byte[] bytes) throws IOException {
        out.write(bytes);
        position += bytes.length;
    }

    private void pad(int multiple) throws IOException {
        put(new byte[(int) (-position & multiple - 1)]);
    }
}
