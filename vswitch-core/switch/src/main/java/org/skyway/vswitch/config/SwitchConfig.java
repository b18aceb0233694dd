package org.skyway.vswitch.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.control.JsonFault;
import org.skyway.bypass.control.KnownKeys;
import org.skyway.ivshmem.sys.Reasons;

/// Everything that the daemon can be told in a file; flags add to it or take its place.
///
/// ```yaml
/// bridge: br0
/// datapath-id: "0000000000000001"
/// controllers: ["tcp:127.0.0.1:6653"]
/// listen: ["ptcp:6654:127.0.0.1"]
/// fail-mode: secure
/// poll-threads: 1
/// cores: [1]
/// obey-millis: 2000
/// beyond-ovs: false
/// offloads: false
/// ports:
///   - {number: 1, type: netdev, name: eth1}
///   - {number: 2, type: dpdkr, name: vnf1}
///   - {number: 3, type: dpdkr, name: vnf2, users: [alice], secret-file: /etc/skyway/vnf2.secret}
/// tls: {private-key: sw.key, certificate: sw.pem, ca-cert: ca.pem}
/// http: {listen: "127.0.0.1:8080", token-file: /etc/skyway/http.token}
/// ```
///
/// @param bridge the bridge's name
/// @param datapathId 16 hexadecimal digits; null for one made from the bridge's name
/// @param controllers OpenFlow controllers to connect to
/// @param listen OpenFlow sockets to listen on, besides the bridge's own
/// @param failMode `secure` or `standalone`
/// @param pollThreads how many threads poll
/// @param cores which core each of them is bound to; empty for none
/// @param ringCells cells of each packet ring between the switch and a VNF
/// @param linkCells cells of each packet ring between two VNFs
/// @param agent `process` for VNFs that are processes, `libvirt` for virtual machines as well,
///   `service` for virtual machines that `skyway agent` serves
/// @param libvirtUri how libvirt is reached
/// @param domains ports by the name of the domain that has them, for domains whose metadata say
///   nothing
/// @param bypass whether links are given bypasses at all
/// @param obeyMillis how long a VNF may take to leave its bypass before it is cut off
/// @param beyondOvs whether to take what Open vSwitch refuses, where it can be done
/// @param offloads whether guests at vhost-user ports are offered to leave checksums and
///   segmentation to others
/// @param ports the ports that it starts with
/// @param tls keys for `ssl:` and `pssl:`; null for none
/// @param http where the live page and the metrics are; null for nowhere
public record SwitchConfig(
        String bridge,
        @JsonProperty("datapath-id") String datapathId,
        List<String> controllers,
        List<String> listen,
        @JsonProperty("fail-mode") String failMode,
        @JsonProperty("poll-threads") Integer pollThreads,
        List<Integer> cores,
        @JsonProperty("ring-cells") Integer ringCells,
        @JsonProperty("link-cells") Integer linkCells,
        String agent,
        @JsonProperty("libvirt-uri") String libvirtUri,
        Map<String, List<String>> domains,
        Boolean bypass,
        @JsonProperty("obey-millis") Integer obeyMillis,
        @JsonProperty("beyond-ovs") Boolean beyondOvs,
        Boolean offloads,
        List<PortConfig> ports,
        Tls tls,
        HttpConfig http) {
    /// How long a VNF may take to leave its bypass, unless told otherwise.
    public static final int DEFAULT_OBEY_MILLIS = 2000;

    /// The agent for virtual machines.
    public static final String LIBVIRT = "libvirt";

    /// The agent for virtual machines in a process of its own.
    public static final String SERVICE = "service";

    private static final ObjectMapper YAML =
            new ObjectMapper(new YAMLFactory())
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    /// Keys and certificates for OpenFlow over TLS, as PEM files.
    ///
    /// @param privateKey this switch's private key
    /// @param certificate this switch's certificate
    /// @param caCertificate who signs the other sides' certificates
    public record Tls(
            @JsonProperty("private-key") Path privateKey,
            @JsonProperty("certificate") Path certificate,
            @JsonProperty("ca-cert") Path caCertificate) {
        /// Checks that nothing is missing.
        ///
        /// @throws ConfigException if one of them is
        public Tls {
            if (privateKey == null || certificate == null || caCertificate == null) {
                throw new ConfigException(
                        "TLS needs a private key, a certificate and a CA certificate; private key is %s, certificate %s, CA certificate %s"
                                .formatted(privateKey, certificate, caCertificate));
            }
        }
    }

    /// Fills in what was not said, and checks the rest.
    public SwitchConfig {
        bridge = bridge == null ? "br0" : bridge;
        controllers = controllers == null ? List.of() : List.copyOf(controllers);
        listen = listen == null ? List.of() : List.copyOf(listen);
        failMode = failMode == null ? "secure" : failMode;
        pollThreads = pollThreads == null ? 1 : pollThreads;
        cores = cores == null ? List.of() : List.copyOf(cores);
        ringCells = ringCells == null ? RegionHeader.DEFAULT_PORT_CELLS : ringCells;
        linkCells = linkCells == null ? RegionHeader.DEFAULT_LINK_CELLS : linkCells;
        agent = agent == null ? "process" : agent;
        libvirtUri = libvirtUri == null ? "qemu:///system" : libvirtUri;
        domains = domains == null ? Map.of() : Map.copyOf(domains);
        bypass = bypass == null || bypass;
        obeyMillis = obeyMillis == null ? DEFAULT_OBEY_MILLIS : obeyMillis;
        beyondOvs = beyondOvs != null && beyondOvs;
        offloads = offloads != null && offloads;
        ports = ports == null ? List.of() : List.copyOf(ports);
        if (!bridge.matches("(?!\\.\\.?$)[A-Za-z0-9_.-]{1,15}")) { // . and .. are directories
            throw new ConfigException(
                    "bridge name \"%s\" must have 1 to 15 letters, digits, '_', '.' or '-'"
                            .formatted(bridge));
        }
        if (datapathId != null && !datapathId.matches("[0-9a-fA-F]{16}")) {
            throw new ConfigException(
                    "datapath id \"%s\" must have 16 hexadecimal digits".formatted(datapathId));
        }
        if (datapathId != null && Long.parseUnsignedLong(datapathId, 16) == 0) {
            throw new ConfigException("datapath id 0000000000000000 stands for none; use another");
        }
        if (!failMode.equals("secure") && !failMode.equals("standalone")) {
            throw new ConfigException(
                    "fail mode \"%s\" is neither secure nor standalone".formatted(failMode));
        }
        if (!List.of("process", LIBVIRT, SERVICE).contains(agent)) {
            throw new ConfigException(
                    "agent \"%s\" is none of process, libvirt and service".formatted(agent));
        }
        if (pollThreads < 1 || pollThreads > 64) {
            throw new ConfigException("there can be 1 to 64 poll threads, not " + pollThreads);
        }
        if (obeyMillis < 1 || obeyMillis > 600_000) {
            throw new ConfigException(
                    "a VNF may take 1 to 600000 ms to obey, not %d".formatted(obeyMillis));
        }
        checkCells("ring", ringCells);
        checkCells("link", linkCells);
    }

    private static void checkCells(String which, int cells) {
        if (Integer.bitCount(cells) != 1 || cells < 1024 || cells > 1 << 20) {
            throw new ConfigException(
                    "%s cells must be a power of two from 1024 to 1048576, not %d"
                            .formatted(which, cells));
        }
    }

    /// What holds when nothing is said.
    ///
    /// @return a bridge `br0` without ports
    public static SwitchConfig defaults() {
        return new SwitchConfig(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null, null, null, null, null);
    }

    /// The same for another bridge.
    ///
    /// @param name the bridge's name
    /// @return a copy with that name
    public SwitchConfig named(String name) {
        return copy(name, datapathId, controllers, listen, ports, http);
    }

    /// The same for a bridge that a database tells of: without ports, controllers and a page.
    ///
    /// @param name the bridge's name
    /// @param dpid its datapath id
    /// @return a copy with those
    public SwitchConfig forBridge(String name, long dpid) {
        return copy(name, "%016x".formatted(dpid), null, null, null, null);
    }

    /// The same with other ports.
    ///
    /// @param others that it starts with
    /// @return a copy with those
    public SwitchConfig with(List<PortConfig> others) {
        return copy(bridge, datapathId, controllers, listen, others, http);
    }

    /// The same with a page.
    ///
    /// @param page where it is
    /// @return a copy with that
    public SwitchConfig with(HttpConfig page) {
        return copy(bridge, datapathId, controllers, listen, ports, page);
    }

    private SwitchConfig copy(
            String name,
            String dpid,
            List<String> dialled,
            List<String> listened,
            List<PortConfig> others,
            HttpConfig page) {
        return new SwitchConfig(
                name,
                dpid,
                dialled,
                listened,
                failMode,
                pollThreads,
                cores,
                ringCells,
                linkCells,
                agent,
                libvirtUri,
                domains,
                bypass,
                obeyMillis,
                beyondOvs,
                offloads,
                others,
                tls,
                page);
    }

    /// Whether ports may be those of virtual machines.
    ///
    /// @return true if they may
    public boolean machines() {
        return !agent.equals("process");
    }

    /// The datapath id as a number.
    ///
    /// @return 64 bits
    public long dpid() {
        return datapathId == null
                ? 0x0000_0200_0000_0000L | bridge.hashCode() & 0xffff_ffffL
                : Long.parseUnsignedLong(datapathId, 16);
    }

    /// Reads a file.
    ///
    /// @param file in YAML
    /// @return what it says
    /// @throws ConfigException if it can't be read, or something in it can't be
    public static SwitchConfig read(Path file) {
        try {
            String text = Files.readString(file);
            String unknown = KnownKeys.firstUnknown(YAML, text, SwitchConfig.class);
            if (unknown != null) {
                throw new ConfigException(file + ": " + unknown);
            }
            SwitchConfig config = YAML.readValue(text, SwitchConfig.class);
            return config == null ? defaults() : config;
        } catch (JsonProcessingException e) {
            if (rootCause(e) instanceof ConfigException c) {
                throw new ConfigException(file + ": " + c.getMessage(), e);
            }
            var where = e.getLocation();
            throw new ConfigException(
                    "%s%s: %s"
                            .formatted(
                                    file,
                                    where == null ? "" : ":" + where.getLineNr(),
                                    JsonFault.sentence(e)),
                    e);
        } catch (IOException e) {
            throw new ConfigException("can't read " + file + ": " + Reasons.of(e), e);
        }
    }

    private static Throwable rootCause(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
