package org.skyway.agent.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Whether a stream leads to the journal of systemd: systemd.exec(5), "JOURNAL_STREAM".
final class JournalStream {
    private JournalStream() {}

    /// Looks.
    ///
    /// @param variable what JOURNAL_STREAM holds, `DEVICE:INODE`; null if there is none
    /// @param stream a file in /proc/self/fd
    /// @return false as well if the service manager's stream was redirected since
    static boolean leadsToJournal(String variable, Path stream) {
        if (variable == null) {
            return false;
        }
        try {
            return variable.equals(
                    Files.getAttribute(stream, "unix:dev")
                            + ":"
                            + Files.getAttribute(stream, "unix:ino"));
        } catch (IOException | RuntimeException e) {
            return false; // closed, or no UNIX
        }
    }
}
