package org.skyway.vswitch.daemon;

/// Keeps a running switch whole while its files are replaced. A package manager puts new files in
/// the place of old ones, and removes what the new release has no more. What is open stays what it
/// was; a jar that the class loader had not opened by then would be another, or missing.
final class OpenJars {
    private OpenJars() {}

    /// Has the class loader open all that are on the class path. Any thread.
    static void openAll() {
        // Nobody has it, so each is asked.
        ClassLoader.getSystemResource("org/skyway/no-such-resource");
    }
}
