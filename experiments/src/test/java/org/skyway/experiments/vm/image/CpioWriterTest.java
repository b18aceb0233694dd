package org.skyway.experiments.vm.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpioWriterTest {
    private static final int HEADER = 110;

    @TempDir Path directory;
    private Path root;

    @BeforeEach
    void aSmallTree() throws IOException {
        root = Files.createDirectory(directory.resolve("root"));
        Files.createDirectory(root.resolve("bin"));
        Path file = Files.writeString(root.resolve("bin/run"), "hello");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x---"));
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_577_836_800_000L));
        Files.createSymbolicLink(root.resolve("sh"), Path.of("bin/run"));
    }

    @Test
    void entriesAreAsTheKernelReadsThem() throws IOException {
        byte[] archive = write("a");
        int at = 0;
        at = assertEntry(archive, at, "bin", 0040755, "");
        int file = at;
        at = assertEntry(archive, at, "bin/run", 0100755, "hello");
        assertEquals(1_577_836_800, field(archive, file, 5), "the AOT cache looks at the time");
        at = assertEntry(archive, at, "sh", 0120777, "bin/run");
        assertEntry(archive, at, "TRAILER!!!", 0, "");
        assertEquals(0, archive.length % 512);
    }

    @Test
    void theSameTreeGivesTheSameBytes() throws IOException {
        assertArrayEquals(write("a"), write("b"));
    }

    private byte[] write(String name) throws IOException {
        Path archive = directory.resolve(name);
        CpioWriter.write(root, archive);
        return Files.readAllBytes(archive);
    }

    private static int assertEntry(byte[] archive, int at, String name, int mode, String content) {
        assertEquals("070701", text(archive, at, 6));
        assertEquals(mode, field(archive, at, 1), name);
        assertEquals(0, field(archive, at, 2), "belongs to root");
        assertEquals(content.length(), field(archive, at, 6));
        assertEquals(name.length() + 1, field(archive, at, 11));
        assertEquals(name + "\0", text(archive, at + HEADER, name.length() + 1));
        int data = up(at + HEADER + name.length() + 1);
        assertTrue(data % 4 == 0);
        assertEquals(content, text(archive, data, content.length()));
        return up(data + content.length());
    }

    private static int up(int offset) {
        return (offset + 3) & -4;
    }

    private static long field(byte[] archive, int entry, int index) {
        return Long.parseLong(text(archive, entry + 6 + 8 * index, 8), 16);
    }

    private static String text(byte[] archive, int from, int length) {
        return new String(archive, from, length, StandardCharsets.US_ASCII);
    }
}
