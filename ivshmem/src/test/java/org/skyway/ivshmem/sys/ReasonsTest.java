package org.skyway.ivshmem.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReasonsTest {
    @TempDir Path dir;

    @Test
    void filesThatCantBeReadHaveAReasonInWords() throws IOException {
        assertEquals("there is no such file or folder", reason(dir.resolve("none")));
        assertEquals("Is a directory", reason(dir));
        Path latin = Files.write(dir.resolve("latin"), new byte[] {(byte) 0xe4, 0x20});
        assertEquals("it is no text in UTF-8", reason(latin));
        assertEquals("full", Reasons.of(new FileSystemException("a", null, "full")));
        assertEquals("input or output failed", Reasons.of(new IOException()));
    }

    private static String reason(Path file) {
        return Reasons.of(assertThrows(IOException.class, () -> Files.readString(file)));
    }
}
