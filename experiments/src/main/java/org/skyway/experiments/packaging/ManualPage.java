package org.skyway.experiments.packaging;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// A manual page of a command, with its sub-commands, in the macros of man(7).
final class ManualPage {
    private final StringBuilder text = new StringBuilder();

    private ManualPage() {}

    /// Makes one.
    ///
    /// @param command what it is about
    /// @param name the page's, for instance `skyway-ctl`
    /// @param section 1 for what everybody uses, 8 for daemons
    /// @param version of the installation
    /// @param nested whether sub-commands are told of on the same page, or have pages of their own
    /// @return text for `man`
    static String of(
            CommandSpec command, String name, int section, String version, boolean nested) {
        ManualPage page = new ManualPage();
        page.line(".TH %s %d \"\" \"Skyway %s\"".formatted(name.toUpperCase(), section, version));
        page.section("NAME");
        page.line(escape(name) + " \\- " + escape(summary(command)));
        page.section("SYNOPSIS");
        page.synopsis(command);
        page.section("DESCRIPTION");
        page.line(escape(description(command.usageMessage().description())));
        page.arguments(command);
        if (!nested) {
            page.section("COMMANDS");
            command.subcommands()
                    .forEach((verb, sub) -> {
                        page.line(".TP");
                        page.line(
                                ".BR %s\\-%s (%d)".formatted(escape(name), verb, sectionOf(verb)));
                        page.line(escape(summary(sub.getCommandSpec())));
                    });
        } else if (!command.subcommands().isEmpty()) {
            page.section("COMMANDS");
            page.below(command);
        }
        page.section("SEE ALSO");
        page.line(section == 1 && !nested ? ".BR ovs\\-ofctl (8)" : ".BR skyway (1)");
        return page.text.toString();
    }

    /// The section of a verb's page.
    static int sectionOf(String verb) {
        return verb.equals("vswitchd") || verb.equals("agent") ? 8 : 1;
    }

    private void below(CommandSpec command) {
        command.subcommands()
                .values()
                .forEach(sub -> {
                    CommandSpec spec = sub.getCommandSpec();
                    line(".SS " + escape(spec.qualifiedName(" ")));
                    synopsis(spec);
                    line(".PP");
                    line(escape(description(spec.usageMessage().description())));
                    arguments(spec);
                    below(spec);
                });
    }

    private void synopsis(CommandSpec command) {
        List<String> words = new ArrayList<>();
        words.add("\\fB" + escape(command.qualifiedName(" ")) + "\\fR");
        if (!command.options().isEmpty()) {
            words.add("[\\fIOPTION\\fR]...");
        }
        command.positionalParameters().forEach(p -> words.add("\\fI" + escape(label(p)) + "\\fR"));
        if (!command.subcommands().isEmpty()) {
            words.add("\\fICOMMAND\\fR");
        }
        line(String.join(" ", words));
    }

    private static String label(PositionalParamSpec p) {
        String label = p.paramLabel();
        return (p.arity().min() == 0 ? "[" + label + "]" : label)
                + (p.arity().max() > 1 ? "..." : "");
    }

    private void arguments(CommandSpec command) {
        for (PositionalParamSpec p : command.positionalParameters()) {
            if (!p.hidden()) {
                line(".TP");
                line("\\fI" + escape(p.paramLabel()) + "\\fR");
                line(escape(description(p.description())));
            }
        }
        for (OptionSpec o : command.options()) {
            if (!o.hidden() && !o.usageHelp() && !o.versionHelp()) {
                line(".TP");
                String value =
                        o.arity().max() == 0 ? "" : " \\fI" + escape(o.paramLabel()) + "\\fR";
                line(
                        "\\fB"
                                + escape(String.join("\\fR, \\fB", o.names()))
                                        .replace("\\efR, \\efB", "\\fR, \\fB")
                                + "\\fR"
                                + value);
                line(escape(description(o.description())));
            }
        }
    }

    private static String summary(CommandSpec command) {
        String[] lines = command.usageMessage().description();
        if (lines.length == 0) {
            return "commands of the switch";
        }
        String first = description(lines).split("[.;:](\\s|$)", 2)[0];
        return first.isEmpty() ? "" : Character.toLowerCase(first.charAt(0)) + first.substring(1);
    }

    private static String description(String[] lines) {
        return String.join(" ", lines).replace("%n", " ").replace("%%", "%").strip();
    }

    private void section(String title) {
        line(".SH " + title);
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private static String escape(String words) {
        String escaped = words.replace("\\", "\\e").replace("-", "\\-");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}
