package org.skyway.vswitch.ofproto;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.skyway.openflow.message.Version;

/// What a bridge's OpenFlow side is started with.
///
/// @param bridge the bridge's name
/// @param datapathId its datapath id
/// @param runDirectory where `<bridge>.mgmt` and `<bridge>.snoop` are to be
/// @param targets controllers and listeners in Open vSwitch's syntax: `tcp:host[:port]`,
///   `ptcp:[port][:host]`, `ssl:host[:port]`, `pssl:[port][:host]`, `unix:file`, `punix:file`
/// @param failMode what happens while there is no controller
/// @param versions which are spoken
/// @param description what the description statistics say
/// @param usual how controllers are treated of which nothing else is said
/// @param controllers how others are, by target
/// @param beyondOvs whether to take what Open vSwitch refuses, where it can be done
/// @param tls keys for `ssl:` and `pssl:` targets; null if there are none
public record OfprotoConfig(
        String bridge,
        long datapathId,
        Path runDirectory,
        List<String> targets,
        FailMode failMode,
        Set<Version> versions,
        Description description,
        ControllerSettings usual,
        Map<String, ControllerSettings> controllers,
        boolean beyondOvs,
        Tls tls) {
    /// Keys and certificates, PEM files as `ovs-vsctl set-ssl` takes them.
    ///
    /// @param privateKey this switch's private key
    /// @param certificate this switch's certificate
    /// @param caCertificate who signs the other side's certificates
    public record Tls(Path privateKey, Path certificate, Path caCertificate) {
        List<Path> files() {
            return List.of(privateKey, certificate, caCertificate);
        }

        /// What is seen of the files from outside: it changes when one of them comes, goes, or is
        /// replaced.
        ///
        /// @return to be compared
        public String seen() {
            StringBuilder all = new StringBuilder();
            for (Path file : files()) {
                all.append(file).append(' ');
                try {
                    all.append(Files.getLastModifiedTime(file).toMillis()).append(' ');
                    all.append(Files.size(file)).append(' ');
                } catch (IOException e) {
                    all.append("none ");
                }
            }
            return all.toString();
        }
    }

    /// What a bridge does while it has no controller.
    public enum FailMode {
        /// Keeps its tables and nothing else.
        SECURE,
        /// Forwards as an ordinary switch.
        STANDALONE
    }

    /// The texts of the description statistics.
    ///
    /// @param manufacturer who made it
    /// @param hardware on what it runs
    /// @param software what runs
    /// @param serial its serial number
    /// @param datapath what the operator calls it
    public record Description(
            String manufacturer, String hardware, String software, String serial, String datapath) {
        /// As Open vSwitch 3.1 describes itself, which is what controllers know.
        public static final Description DEFAULT =
                new Description("Nicira, Inc.", "Open vSwitch", "3.1.0", "None", "None");
    }

    /// Copies the collections.
    ///
    /// @throws IllegalArgumentException if a target is none
    public OfprotoConfig {
        targets = List.copyOf(targets);
        targets.forEach(Target::parse);
        versions = Set.copyOf(versions);
        controllers = Map.copyOf(controllers);
    }

    /// How a controller is treated, or whoever connects to a listener.
    ///
    /// @param target as configured
    /// @return its settings
    ControllerSettings of(String target) {
        return controllers.getOrDefault(target, usual);
    }

    /// All versions, default texts and times.
    ///
    /// @param bridge the bridge's name
    /// @param datapathId its datapath id
    /// @param runDirectory where its sockets are to be
    /// @param targets controllers and listeners
    /// @param failMode what happens while there is no controller
    public OfprotoConfig(
            String bridge,
            long datapathId,
            Path runDirectory,
            List<String> targets,
            FailMode failMode) {
        this(
                bridge,
                datapathId,
                runDirectory,
                targets,
                failMode,
                Set.of(Version.values()),
                Description.DEFAULT,
                new ControllerSettings(5, 8),
                Map.of(),
                false,
                null);
    }

    /// The same with keys.
    ///
    /// @param keys for `ssl:` and `pssl:` targets; null for none
    /// @return a copy
    public OfprotoConfig withTls(Tls keys) {
        return with(beyondOvs, keys);
    }

    private OfprotoConfig with(boolean beyond, Tls keys) {
        return new OfprotoConfig(
                bridge,
                datapathId,
                runDirectory,
                targets,
                failMode,
                versions,
                description,
                usual,
                controllers,
                beyond,
                keys);
    }

    /// The same, taking what Open vSwitch refuses.
    ///
    /// @return a copy
    public OfprotoConfig beyondOpenVSwitch() {
        return with(true, tls);
    }
}
