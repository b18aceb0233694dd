package org.skyway.experiments.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.io.IOException;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The arrows of ARCHITECTURE.md, "Modules", and who may use what that is kept in one place.
class ArchitectureTest {
    private static final JavaClasses MAIN =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("org.skyway");

    /// A module, its packages, and the modules that it may use.
    private record Module(String name, List<String> packages, List<String> uses) {}

    private static final List<Module> MODULES =
            List.of(
                    new Module("ivshmem", List.of("ivshmem"), List.of()),
                    new Module("openflow", List.of("openflow"), List.of()),
                    new Module("pipeline", List.of("pipeline"), List.of("openflow")),
                    new Module("bypass-channel", List.of("bypass"), List.of("ivshmem")),
                    new Module("memif", List.of("memif"), List.of("ivshmem")),
                    new Module("vhost", List.of("vhost"), List.of("ivshmem")),
                    new Module("ovsdb", List.of("ovsdb", "unixctl"), List.of()),
                    new Module(
                            "dpdkr-pmd",
                            List.of("pmd", "vnf"),
                            List.of("bypass-channel", "ivshmem")),
                    new Module("p2p-detector", List.of("p2p"), List.of("openflow", "pipeline")),
                    new Module(
                            "compute-agent",
                            List.of("agent"),
                            List.of("bypass-channel", "ivshmem")),
                    new Module(
                            "switch",
                            List.of("vswitch"),
                            List.of(
                                    "ivshmem",
                                    "openflow",
                                    "pipeline",
                                    "bypass-channel",
                                    "memif",
                                    "vhost",
                                    "ovsdb",
                                    "p2p-detector",
                                    "compute-agent")));

    /// A package of the switch, and those that it may use.
    private static final List<Module> SWITCH =
            List.of(
                    part("fault"),
                    part("log"),
                    part("config"),
                    part("counters"),
                    part("tables", "counters"),
                    part("bond", "tables"),
                    part("journal", "fault"),
                    part("state", "counters", "fault", "journal"),
                    part("pipeline", "tables"),
                    part("datapath", "counters", "fault", "pipeline", "tables"),
                    part("observe", "datapath"),
                    part("port", "counters", "datapath", "fault"),
                    part("link", "counters", "datapath", "port", "tables"),
                    part("ofproto", "counters", "fault", "pipeline", "state", "tables"),
                    part("predict", "config", "fault", "ofproto", "pipeline", "tables"),
                    part(
                            "bridge",
                            "bond",
                            "config",
                            "counters",
                            "datapath",
                            "fault",
                            "journal",
                            "link",
                            "observe",
                            "ofproto",
                            "pipeline",
                            "port",
                            "predict",
                            "state",
                            "tables"),
                    part("http", "config", "fault", "link"),
                    part(
                            "daemon",
                            "bridge",
                            "config",
                            "fault",
                            "http",
                            "journal",
                            "log",
                            "ofproto",
                            "pipeline",
                            "state"),
                    part(
                            "dropin",
                            "bond",
                            "bridge",
                            "config",
                            "counters",
                            "daemon",
                            "datapath",
                            "fault",
                            "http",
                            "journal",
                            "log",
                            "ofproto",
                            "port",
                            "state",
                            "tables"),
                    part("cli", "config", "daemon", "dropin", "http", "journal", "log"));

    private static Module part(String name, String... uses) {
        return new Module(name, List.of("vswitch." + name), List.of(uses));
    }

    @Test
    void modulesUseOnlyThoseThatTheyName() {
        check(MODULES);
    }

    @Test
    void packagesOfTheSwitchUseOnlyThoseThatTheyName() {
        check(SWITCH);
    }

    private static void check(List<Module> modules) {
        LayeredArchitecture house = layeredArchitecture().consideringOnlyDependenciesInLayers();
        for (Module m : modules) {
            String[] packages =
                    m.packages.stream().map(p -> "org.skyway." + p + "..").toArray(String[]::new);
            house = house.layer(m.name).definedBy(packages);
        }
        for (Module m : modules) {
            house =
                    m.uses.isEmpty()
                            ? house.whereLayer(m.name).mayNotAccessAnyLayer()
                            : house.whereLayer(m.name)
                                    .mayOnlyAccessLayers(m.uses.toArray(new String[0]));
        }
        house.check(MAIN);
    }

    @Test
    void onlyExperimentsUsesExperiments() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.skyway.experiments..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.skyway.experiments..")
                .check(MAIN);
    }

    @Test
    void noTwoPackagesNeedEachOther() {
        slices().matching("org.skyway.(**)").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void onlyWhoPutsABridgeTogetherKnowsTheProtocol() {
        onlyIn(
                List.of("org.skyway.vswitch.ofproto.."),
                "org.skyway.vswitch.ofproto..",
                "org.skyway.vswitch.bridge..",
                "org.skyway.vswitch.predict..",
                "org.skyway.vswitch.daemon..",
                "org.skyway.vswitch.dropin..",
                "org.skyway.experiments..");
    }

    @Test
    void onlyIvshmemCallsForeignFunctions() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.skyway.ivshmem..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Linker.class, SymbolLookup.class)
                .check(MAIN);
    }

    @Test
    void onlyTheAgentOfMachinesUsesJna() {
        onlyIn(List.of("com.sun.jna.."), "org.skyway.agent.libvirt..");
    }

    @Test
    void onlyWhoSpeaksOverSocketsUsesNetty() {
        onlyIn(
                List.of("io.netty.."),
                "org.skyway.vswitch.ofproto..",
                "org.skyway.vswitch.http..",
                "org.skyway.vswitch.dropin..",
                "org.skyway.ovsdb..",
                "org.skyway.unixctl..");
    }

    /// A reader who finds a name need not ask which of two is meant.
    @Test
    void aSimpleNameIsThereOnce() throws IOException {
        Path root = Path.of("").toAbsolutePath().getParent();
        Map<String, List<Path>> byName;
        try (Stream<Path> files = Files.walk(root)) {
            byName =
                    files.filter(f -> f.toString().endsWith(".java"))
                            .map(root::relativize)
                            .filter(f -> f.toString().matches("[^.]*/src/(main|test)/java/.*"))
                            .filter(f -> !f.endsWith("package-info.java"))
                            .collect(Collectors.groupingBy(f -> f.getFileName().toString()));
        }
        assertTrue(byName.size() > 1000, "looked at " + byName.size() + " files in " + root);
        byName.values().removeIf(files -> files.size() == 1);
        assertEquals(Map.of(), byName);
    }

    private static void onlyIn(List<String> used, String... by) {
        noClasses()
                .that()
                .resideOutsideOfPackages(by)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(used.toArray(new String[0]))
                .check(MAIN);
    }
}
