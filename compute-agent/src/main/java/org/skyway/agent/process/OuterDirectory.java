package org.skyway.agent.process;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import org.skyway.ivshmem.region.RunDirectory;

/// The directory of the socket that other users' drivers connect to. Everybody may pass through it;
/// only the switch may change what is in it.
final class OuterDirectory {
    private static final String MODE = "rwx--x--x";

    private OuterDirectory() {}

    /// Makes it, or takes the one that an earlier switch made.
    ///
    /// @return the directory
    /// @throws IOException if it can't be made, or is another user's, or others may write to it
    static Path make(Path directory) throws IOException {
        var mode = PosixFilePermissions.fromString(MODE);
        try {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(mode));
        } catch (FileAlreadyExistsException e) {
            check(directory);
        }
        Files.setPosixFilePermissions(directory, mode); // whatever the umask says
        return directory;
    }

    private static void check(Path directory) throws IOException {
        PosixFileAttributes found =
                Files.readAttributes(
                        directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        boolean ours =
                Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                        .equals(RunDirectory.uid());
        if (!found.isDirectory()
                || !ours
                || found.permissions().contains(PosixFilePermission.GROUP_WRITE)
                || found.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException(
                    "%s is where other users' drivers connect, but it is %s's with mode %s; remove it"
                            .formatted(
                                    directory,
                                    found.owner().getName(),
                                    PosixFilePermissions.toString(found.permissions())));
        }
    }
}
