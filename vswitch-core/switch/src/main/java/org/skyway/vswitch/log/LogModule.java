package org.skyway.vswitch.log;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.skyway.agent.log.Log;
import org.skyway.agent.log.LogLevel;

/// Parts of the switch whose log has a level of its own. Their names are those of packages, and
/// stand in each line.
public enum LogModule {
    // @formatter:off
    /// Start, stop, `ctl`.
    DAEMON("org.skyway.vswitch.daemon", "start and stop, the socket of ctl"),
    /// OpenFlow.
    OFPROTO("org.skyway.vswitch.ofproto", "OpenFlow: controllers and listeners, fail mode"),
    /// Links.
    LINK("org.skyway.vswitch.link", "point-to-point links: what becomes of each, and why"),
    /// Ports.
    PORT(
            "org.skyway.vswitch.port",
            "ports: who comes, goes, is refused, and what is wrong with them"),
    /// What was survived.
    FAULT(
            "org.skyway.vswitch.fault",
            "what went wrong and was survived, at most once a second of a kind"),
    /// The page.
    HTTP("org.skyway.vswitch.http", "the live page and metrics"),
    /// The agent.
    AGENT("org.skyway.agent", "the agent, what its parts have in common"),
    /// VNFs in processes.
    PROCESS("org.skyway.agent.process", "the agent: VNFs that are processes"),
    /// VNFs in machines.
    LIBVIRT("org.skyway.agent.libvirt", "the agent: virtual machines"),
    /// The agent as a process.
    SERVICE("org.skyway.agent.service", "the agent as a process of its own"),
    /// Netty.
    NETTY("io.netty", "a library: connections of OpenFlow and of the page"),
    /// Chronicle Queue.
    OPENHFT("net.openhft", "a library: the journal's files");
    // @formatter:on

    private final String logger;
    private final String about;

    LogModule(String logger, String about) {
        this.logger = logger;
        this.about = about;
    }

    /// By its name.
    ///
    /// @param name as in a line of the log
    /// @return the module
    /// @throws IllegalArgumentException if there is none; the message has those that are
    static LogModule parse(String name) {
        for (LogModule module : values()) {
            if (module.toString().equals(name)) {
                return module;
            }
        }
        throw new IllegalArgumentException(
                "there is no log module \"%s\"; there are %s, and any for all of the switch"
                        .formatted(
                                name,
                                Arrays.stream(values())
                                        .map(LogModule::toString)
                                        .collect(Collectors.joining(", "))));
    }

    /// Where its loggers are.
    ///
    /// @return a package
    String logger() {
        return logger;
    }

    /// What it tells of.
    ///
    /// @return a few words
    public String about() {
        return about;
    }

    /// From which importance on it is logged.
    ///
    /// @return the level
    public LogLevel level() {
        return Log.level(logger);
    }

    // Modules inside this one keep theirs.
    void level(LogLevel level) {
        for (LogModule inner : values()) {
            if (inner.logger.startsWith(logger + ".")) {
                Log.level(inner.logger, inner.level());
            }
        }
        Log.level(logger, level);
    }

    boolean isOurs() {
        return logger.startsWith("org.skyway.");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
