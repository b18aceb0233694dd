package org.skyway.experiments;

import java.io.IOException;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/// Before the first test that starts programs, makes the AOT caches of what Maven has just
/// packaged: the launcher would do it at the first start, where a test waits.
public final class PreparedCaches implements LauncherSessionListener {
    /// For JUnit.
    public PreparedCaches() {}

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        String home = System.getProperty("skyway.home"); // set for integration tests
        if (home == null) {
            return;
        }
        ProcessBuilder builder =
                new ProcessBuilder(home + "/skyway", "build").redirectErrorStream(true);
        builder.environment().put("SKYWAY_BUILT", "yes"); // by Maven, which is at it
        try {
            Process launcher = builder.start();
            String said = new String(launcher.getInputStream().readAllBytes());
            if (launcher.waitFor() != 0) {
                throw new IllegalStateException("`skyway build` failed: " + said);
            }
        } catch (IOException e) {
            throw new IllegalStateException("can't run the launcher: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
