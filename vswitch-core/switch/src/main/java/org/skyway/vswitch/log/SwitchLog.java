package org.skyway.vswitch.log;

import java.util.List;
import org.skyway.agent.log.LogModule;
import org.skyway.agent.log.LogModules;

/// What the log of the switch consists of.
public final class SwitchLog {
    // spotless:off
    /// Its modules.
    public static final LogModules MODULES =
            new LogModules(
                    "the switch",
                    List.of(
                            new LogModule("daemon",  "org.skyway.vswitch.daemon",  "start and stop, the socket of ctl"),
                            new LogModule("dropin",  "org.skyway.vswitch.dropin",  "in the place of ovs-vswitchd: the database, bridges that come and go"),
                            new LogModule("bridge",  "org.skyway.vswitch.bridge",  "that a switch began in the place of ovs-vswitchd"),
                            new LogModule("bond",    "org.skyway.vswitch.bond",    "bonds: which members may send, which one is active"),
                            new LogModule("ovsdb",   "org.skyway.ovsdb",           "the connection to the database"),
                            new LogModule("unixctl", "org.skyway.unixctl",         "what ovs-appctl asks"),
                            new LogModule("ofproto", "org.skyway.vswitch.ofproto", "OpenFlow: controllers and listeners, fail mode"),
                            new LogModule("link",    "org.skyway.vswitch.link",    "point-to-point links: what becomes of each, and why"),
                            new LogModule("port",    "org.skyway.vswitch.port",    "ports: who comes, goes, is refused, and what is wrong with them"),
                            new LogModule("fault",   "org.skyway.vswitch.fault",   "what went wrong and was survived, at most once a second of a kind"),
                            new LogModule("http",    "org.skyway.vswitch.http",    "the live page and metrics"),
                            new LogModule("agent",   "org.skyway.agent",           "the agent, what its parts have in common"),
                            new LogModule("process", "org.skyway.agent.process",   "the agent: VNFs that are processes"),
                            new LogModule("libvirt", "org.skyway.agent.libvirt",   "the agent: virtual machines"),
                            new LogModule("service", "org.skyway.agent.service",   "the agent as a process of its own"),
                            new LogModule("netty",   "io.netty",                   "a library: connections of OpenFlow and of the page"),
                            new LogModule("openhft", "net.openhft",                "a library: the journal's files")));
    // spotless:on

    private SwitchLog() {}
}
