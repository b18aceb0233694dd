package org.skyway.agent.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.skyway.agent.AgentException;

/// Region files that a process of another user than the switch's is to open. The file of a port's
/// region becomes that user's. One of a link, which may be between two users, becomes the one's
/// only while its driver opens it, then the switch's again, then the other's: what is mapped stays
/// mapped, and nobody who was not asked to can open it. Only root can give files away.
final class Loans {
    private final UserPrincipal self;
    private final Map<Path, CompletableFuture<Void>> last = new HashMap<>();

    /// @param self whom all files belong to otherwise
    Loans(UserPrincipal self) {
        this.self = self;
    }

    /// Makes a file a user's for good.
    ///
    /// @throws IOException if that can't be done
    void give(Path file, UserPrincipal user) throws IOException {
        try {
            Files.setOwner(file, user);
        } catch (IOException e) {
            throw new IOException(
                    "user %s can't be let into %s (%s); run the switch as root"
                            .formatted(user.getName(), file, e.getMessage()),
                    e);
        }
    }

    /// Makes a file a user's while something is done, after all others who were lent it.
    ///
    /// @param use what, begun when the file is the user's
    /// @return completes as that does
    CompletableFuture<Void> lend(
            Path file, UserPrincipal user, Supplier<CompletableFuture<Void>> use) {
        var over = new CompletableFuture<Void>();
        CompletableFuture<Void> before;
        synchronized (last) {
            before = last.put(file, over);
        }
        return (before == null ? CompletableFuture.<Void>completedFuture(null) : before)
                .thenCompose(_ -> {
                    try {
                        give(file, user);
                    } catch (IOException e) {
                        return CompletableFuture.failedFuture(
                                new AgentException(e.getMessage(), e));
                    }
                    return use.get();
                })
                .whenComplete((_, _) -> {
                    takeBack(file);
                    synchronized (last) {
                        last.remove(file, over);
                    }
                    over.complete(null);
                });
    }

    // The owner may have let others in.
    private void takeBack(Path file) {
        try {
            Files.setOwner(file, self);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
        } catch (NoSuchFileException e) {
            return; // the link is gone already
        } catch (IOException e) {
            try {
                Files.deleteIfExists(file); // better nobody's than the wrong one's
            } catch (IOException ignored) {
                return; // not ours at all: nobody was given it either
            }
        }
    }
}
