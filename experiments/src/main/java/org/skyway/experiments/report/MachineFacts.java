package org.skyway.experiments.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.skyway.experiments.vm.host.Virtualisation;

/// What a figure's machine is, for the report and for two reports side by side.
public final class MachineFacts {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final long PATIENCE_SECONDS = 10;

    private MachineFacts() {}

    /// Looks at this machine.
    ///
    /// @return names and values, in an order for people
    public static Map<String, String> read() {
        Map<String, String> facts = new LinkedHashMap<>();
        String cpu = text(CPU_INFO);
        facts.put("processor", field(cpu, "model name"));
        facts.put(
                "family, model, stepping",
                field(cpu, "cpu family")
                        + ", "
                        + field(cpu, "model")
                        + ", "
                        + field(cpu, "stepping"));
        facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("clock of the time stamp counter", "%.0f MHz".formatted(tscMegahertz()));
        facts.put("caches of core 0", caches());
        facts.put("NUMA nodes", Integer.toString(nodes()));
        facts.put("virtualisation", virtualisation(cpu));
        facts.put("memory", memory());
        facts.put("kernel", first(text(Path.of("/proc/sys/kernel/osrelease"))));
        facts.put("distribution", osName());
        facts.put("JDK", System.getProperty("java.vendor") + " " + Runtime.version());
        facts.put("Open vSwitch", firstLine("ovs-ofctl", "--version"));
        facts.put("DPDK", firstLine("dpkg-query", "-W", "-f", "${Version}\\n", "librte-eal*"));
        facts.put("QEMU", firstLine("qemu-system-x86_64", "--version"));
        facts.put("C compiler", firstLine("gcc", "--version"));
        facts.put(
                "transparent huge pages",
                first(text(Path.of("/sys/kernel/mm/transparent_hugepage/enabled"))));
        facts.put("load average at the start", first(text(Path.of("/proc/loadavg"))));
        return facts;
    }

    /// How fast the time stamp counter runs: cycles are counted in it.
    ///
    /// @return megahertz, as the kernel says it
    public static double tscMegahertz() {
        Matcher m = Pattern.compile("cpu MHz\\s*: ([0-9.]+)").matcher(text(CPU_INFO));
        return m.find() ? Double.parseDouble(m.group(1)) : Double.NaN;
    }

    private static String field(String cpu, String name) {
        Matcher m = Pattern.compile("(?m)^" + name + "\\s*: (.*)$").matcher(cpu);
        return m.find() ? m.group(1).strip() : "not known";
    }

    private static String caches() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            Path cache = Path.of("/sys/devices/system/cpu/cpu0/cache/index" + i);
            if (Files.exists(cache)) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append("L")
                        .append(first(text(cache.resolve("level"))))
                        .append(' ')
                        .append(
                                first(text(cache.resolve("type")))
                                        .toLowerCase(java.util.Locale.ROOT))
                        .append(' ')
                        .append(first(text(cache.resolve("size"))));
            }
        }
        return text.isEmpty() ? "not known" : text.toString();
    }

    private static int nodes() {
        int n = 0;
        while (Files.exists(Path.of("/sys/devices/system/node/node" + n))) {
            n++;
        }
        return Math.max(1, n);
    }

    private static String virtualisation(String cpu) {
        boolean guest = field(cpu, "flags").contains("hypervisor");
        String nested = Virtualisation.isUsable() ? "with KVM" : "without KVM";
        return (guest ? "a virtual machine, " : "a physical machine, ") + nested;
    }

    private static String memory() {
        Matcher m = Pattern.compile("MemTotal:\\s+(\\d+)").matcher(text(Path.of("/proc/meminfo")));
        return m.find() ? (Long.parseLong(m.group(1)) >> 10) + " MiB" : "not known";
    }

    private static String osName() {
        Matcher m =
                Pattern.compile("PRETTY_NAME=\"(.*)\"").matcher(text(Path.of("/etc/os-release")));
        return m.find() ? m.group(1) : "not known";
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private static String first(String text) {
        return text.lines().findFirst().orElse("not known").strip();
    }

    private static String firstLine(String... command) {
        try {
            Process p =
                    new ProcessBuilder(List.of(command))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            p.outputWriter().close();
            String line = first(new String(p.getInputStream().readAllBytes()));
            return p.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && p.exitValue() == 0
                    ? line
                    : "not installed";
        } catch (IOException e) {
            return "not installed";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "not known";
        }
    }
}
