package org.skyway.vswitch.dropin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.skyway.vswitch.ofproto.OfprotoConfig;

/// Looks at the files that a database's keys are in: they may come later than their names, and be
/// replaced. The configuration thread only.
final class KeyFiles {
    private String seen = "";

    /// Whether one of them is another one than when this was asked last.
    ///
    /// @param keys what the database names; null for nothing
    boolean haveChanged(OfprotoConfig.Tls keys) {
        StringBuilder now = new StringBuilder();
        if (keys != null) {
            List.of(keys.privateKey(), keys.certificate(), keys.caCertificate())
                    .forEach(file -> now.append(state(file)).append(' '));
        }
        boolean changed = !seen.contentEquals(now);
        seen = now.toString();
        return changed;
    }

    private static String state(Path file) {
        try {
            return Files.getLastModifiedTime(file).toMillis() + "/" + Files.size(file);
        } catch (IOException e) {
            return "none";
        }
    }
}
