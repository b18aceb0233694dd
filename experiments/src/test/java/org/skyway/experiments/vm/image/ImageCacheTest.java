package org.skyway.experiments.vm.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageCacheTest {
    @TempDir Path cache;
    @TempDir Path proc;
    @TempDir Path definitions;
    private ImageCache images;

    @BeforeEach
    void anEmptyCache() {
        images = new ImageCache(cache, proc, List.of(definitions, cache.resolve("no-such")));
    }

    @Test
    void anOldImageGoesAndOneThatWasJustWantedStays() throws IOException {
        Path old = image("aaaa");
        Path wanted = image("bbbb");
        ImageCache.touch(wanted);
        assertEquals(List.of(old), images.prune());
        assertFalse(Files.exists(old));
        assertTrue(Files.exists(wanted.resolve("initrd")));
    }

    @Test
    void anImageThatAMachineWasBootedWithStays() throws IOException {
        Path running = image("aaaa");
        Files.writeString(
                Files.createDirectory(proc.resolve("77")).resolve("cmdline"),
                "qemu\0-initrd\0" + running.resolve("initrd") + "\0");
        Files.createDirectory(proc.resolve("78")); // has just ended
        assertEquals(List.of(), images.prune());
    }

    @Test
    void anImageThatADomainIsDefinedWithStays() throws IOException {
        Path defined = image("aaaa");
        Files.writeString(
                definitions.resolve("fw.xml"),
                "<domain><os><kernel>" + defined.resolve("kernel") + "</kernel></os></domain>");
        assertEquals(List.of(), images.prune());
    }

    private Path image(String key) throws IOException {
        Path image = Files.createDirectory(images.image(key));
        Files.writeString(image.resolve("initrd"), "x");
        FileTime old = FileTime.from(Instant.now().minus(Duration.ofDays(2)));
        Files.setLastModifiedTime(image, old);
        return image;
    }
}
