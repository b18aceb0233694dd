package org.skyway.experiments.vm.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Directory trees.
public final class Trees {
    /// What everything in an image is as old as.
    public static final FileTime EPOCH = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

    private Trees() {}

    /// Deletes a tree.
    ///
    /// @param root its root; may be missing
    /// @throws IOException if something can't be deleted
    public static void delete(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        for (Path path : list(root)) {
            Files.delete(path);
        }
    }

    /// Gives everything the same time, so that builds of the same input are the same.
    ///
    /// @param root of the tree
    /// @param time which
    /// @throws IOException if it can't be set
    public static void touch(Path root, FileTime time) throws IOException {
        for (Path path : list(root)) {
            Files.getFileAttributeView(
                            path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setTimes(time, null, null);
        }
    }

    private static List<Path> list(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            return tree.sorted(Comparator.reverseOrder()).toList();
        }
    }
}
