package org.skyway.vswitch.dropin;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.skyway.openflow.message.Version;
import org.skyway.ovsdb.Row;
import org.skyway.vswitch.dropin.Wanted.WantedBridge;
import org.skyway.vswitch.ofproto.ControllerSettings;
import org.skyway.vswitch.ofproto.Ofproto;
import org.skyway.vswitch.ofproto.OfprotoConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a row of table Bridge, and those of its controllers, ask of a bridge's OpenFlow side.
final class OpenFlowSettings {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFlowSettings.class);
    private static final Pattern DPID = Pattern.compile("0x[0-9a-fA-F]{1,16}|[0-9a-fA-F]{16}");
    private static final Pattern MAC = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");
    private static final int DEFAULT_PROBE_MILLIS = 5000;
    private static final int DEFAULT_BACKOFF_MILLIS = 8000;
    private static final ControllerSettings USUAL =
            new ControllerSettings(DEFAULT_PROBE_MILLIS / 1000, DEFAULT_BACKOFF_MILLIS / 1000);
    private static final int MOST_PACKETS = 1_000_000;
    private static final int MOST_UNREAD = 512;
    private static final int DEFAULT_UNREAD = 100;
    private static final Map<String, Version> VERSIONS =
            Map.of(
                    "OpenFlow10", Version.OF10,
                    "OpenFlow11", Version.OF11,
                    "OpenFlow12", Version.OF12,
                    "OpenFlow13", Version.OF13,
                    "OpenFlow14", Version.OF14,
                    "OpenFlow15", Version.OF15);

    private OpenFlowSettings() {}

    /// What they ask for, without controllers.
    ///
    /// @param directory the run directory
    /// @param own the datapath id that the bridge has unless another is asked for
    /// @param keys for encrypted connections; null for none
    static OfprotoConfig of(WantedBridge wanted, Path directory, long own, OfprotoConfig.Tls keys) {
        Row row = wanted.row();
        String described = row.pairs("other_config").get("dp-desc");
        OfprotoConfig.Description d = OfprotoConfig.Description.DEFAULT;
        return new OfprotoConfig(
                wanted.name(),
                datapathId(row, own),
                directory,
                List.of(),
                failMode(row),
                versions(row),
                described == null
                        ? d
                        : new OfprotoConfig.Description(
                                d.manufacturer(),
                                d.hardware(),
                                d.software(),
                                d.serial(),
                                described),
                USUAL,
                controllers(wanted),
                false,
                keys);
    }

    static OfprotoConfig.FailMode failMode(Row bridge) {
        return bridge.text("fail_mode").equals("secure")
                ? OfprotoConfig.FailMode.SECURE
                : OfprotoConfig.FailMode.STANDALONE;
    }

    private static Set<Version> versions(Row bridge) {
        EnumSet<Version> all = EnumSet.noneOf(Version.class);
        for (String protocol : bridge.texts("protocols")) {
            Version version = VERSIONS.get(protocol);
            if (version != null) {
                all.add(version);
            }
        }
        return all.isEmpty() ? EnumSet.allOf(Version.class) : all;
    }

    private static long datapathId(Row bridge, long own) {
        long asked = asked(bridge);
        Long hardware = address(bridge.pairs("other_config").get("hwaddr"));
        return asked != 0 ? asked : hardware != null ? hardware : own;
    }

    // What can't be one is passed over, as by Open vSwitch.
    private static long asked(Row bridge) {
        String text = bridge.pairs("other_config").get("datapath-id");
        return text != null && DPID.matcher(text).matches()
                ? Long.parseUnsignedLong(text.replaceFirst("^0x", ""), 16)
                : 0;
    }

    /// The datapath id of a new bridge for whenever none is asked for: the same after a restart.
    static long own(Row bridge) {
        String recorded = bridge.text("datapath_id");
        boolean isOwn =
                asked(bridge) == 0
                        && address(bridge.pairs("other_config").get("hwaddr")) == null
                        && DPID.matcher(recorded).matches();
        long id = isOwn ? Long.parseUnsignedLong(recorded, 16) : 0;
        return id != 0 ? id : madeUp(bridge);
    }

    /// The address that a bridge's local port begins with: the one that is asked for, else one that
    /// is the same after a restart.
    static long mac(Row bridge) {
        Long asked = address(bridge.pairs("other_config").get("hwaddr"));
        return asked != null ? asked : madeUp(bridge);
    }

    private static long madeUp(Row bridge) {
        UUID uuid = bridge.uuid();
        return (uuid.getMostSignificantBits() ^ uuid.getLeastSignificantBits()) & 0xfcff_ffff_ffffL
                | 0x0200_0000_0000L; // of no maker, and of one host
    }

    /// Reads an address that a port may have.
    ///
    /// @param text with colons; null for none
    /// @return null if it is none, or one of a group
    static Long address(String text) {
        if (text == null || !MAC.matcher(text).matches()) {
            return null;
        }
        long mac = Long.parseLong(text.replace(":", ""), 16);
        return mac == 0 || (mac & 0x0100_0000_0000L) != 0 ? null : mac;
    }

    private static Map<String, ControllerSettings> controllers(WantedBridge wanted) {
        Map<String, ControllerSettings> all = new HashMap<>();
        for (Row c : wanted.controllers()) {
            all.put(c.text("target"), controller(c, wanted.row()));
        }
        return all;
    }

    /// How a controller is to be treated.
    ///
    /// @param row of table Controller
    /// @param bridge row of table Bridge
    static ControllerSettings controller(Row row, Row bridge) {
        int rate = bounded(row.integer("controller_rate_limit"));
        return new ControllerSettings(
                seconds(row, "inactivity_probe", DEFAULT_PROBE_MILLIS),
                seconds(row, "max_backoff", DEFAULT_BACKOFF_MILLIS),
                rate,
                rate == 0 ? 0 : bounded(row.integer("controller_burst_limit")),
                unread(row, bridge),
                row.texts("enable_async_messages").isEmpty()
                        || row.isTrue("enable_async_messages"));
    }

    private static int bounded(Long asked) {
        return asked == null ? 0 : Math.clamp(asked, 0, MOST_PACKETS);
    }

    private static int unread(Row row, Row bridge) {
        Long asked = row.integer("controller_queue_size");
        String all = bridge.pairs("other_config").getOrDefault("controller-queue-size", "").strip();
        if (asked == null && all.matches("[0-9]{1,3}")) {
            asked = Long.valueOf(all);
        }
        return asked == null || asked < 1 || asked > MOST_UNREAD
                ? DEFAULT_UNREAD
                : asked.intValue();
    }

    private static int seconds(Row row, String column, int millis) {
        Long asked = row.integer(column);
        long told = asked == null ? millis : asked;
        return told <= 0 ? 0 : (int) Math.max(1, Math.min(told, 3_600_000) / 1000);
    }

    /// What of a controller's columns has no effect.
    ///
    /// @return a sentence; null if all of it has
    static String withoutEffect(Row row, Row bridge) {
        boolean disabled =
                "true".equals(bridge.pairs("other_config").getOrDefault("disable-in-band", ""));
        return row.text("connection_mode").equals("in-band") && !disabled
                ? "controller %s: in-band control is not supported: packets of the connection go by the rules like any others; set connection_mode=out-of-band, and add rules if they come this way"
                        .formatted(row.text("target"))
                : null;
    }

    /// The controllers and listeners that can be had.
    ///
    /// @param directory the run directory
    /// @param keys for encrypted connections; null for none
    static List<String> targets(WantedBridge wanted, Path directory, OfprotoConfig.Tls keys) {
        List<String> all = new ArrayList<>();
        for (Row c : wanted.controllers()) {
            String target = c.text("target");
            String why = refusal(wanted.name(), target, directory, keys);
            if (why != null) {
                LOG.warn("bridge {}: controller {}: {}", wanted.name(), target, why);
            } else if (!all.contains(target)) {
                all.add(target);
            }
        }
        return all;
    }

    // Who may write the database may not have the switch open any file.
    private static String refusal(
            String bridge, String target, Path directory, OfprotoConfig.Tls keys) {
        if (!Ofproto.isTarget(target)) {
            return "it is no target";
        }
        String file = target.substring(target.indexOf(':') + 1);
        Path path = Path.of(file).toAbsolutePath().normalize();
        if (target.startsWith("unix:") && !path.startsWith(directory)) {
            return "it is outside of " + directory;
        }
        if (target.startsWith("punix:")
                && !path.toString().startsWith(directory.resolve(bridge) + ".")) {
            return "only %s.NAME may be listened on".formatted(directory.resolve(bridge));
        }
        return Ofproto.refusal(target, keys);
    }
}
