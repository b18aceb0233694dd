package org.skyway.experiments.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.skyway.experiments.report.Summary.Placement;

/// One page without anything from elsewhere: plots are in it, nothing is fetched.
public final class HtmlReport {
    /// What the page is called.
    public static final String FILE = "report.html";

    private static final String STYLE =
            """
            body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#222}
            h1{font-size:1.8rem;margin-bottom:.2rem}h2{margin-top:3rem;border-bottom:1px solid #ddd}
            table{border-collapse:collapse;margin:1rem 0;font-size:.88rem}
            th,td{padding:.3rem .6rem;border-bottom:1px solid #e4e4e4;text-align:left;vertical-align:top}
            th{background:#f6f6f6}td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
            figure{margin:1rem 0}figure svg{max-width:100%;height:auto}
            .good{color:#00703c}.gap{color:#b35900}.note{color:#555}
            details{margin:.6rem 0}summary{cursor:pointer}pre{background:#f6f6f6;padding:.7rem;overflow:auto}
            nav a{margin-right:1rem}
            """;

    private final StringBuilder html = new StringBuilder();
    private final Path folder;
    private final Results results;

    private HtmlReport(Path folder, Results results) {
        this.folder = folder;
        this.results = results;
    }

    /// Writes plots and page. The tables of [Results#write] lie beside them.
    ///
    /// @param folder where
    /// @param title of the page
    /// @param facts about the machine
    /// @param commands what was run
    /// @param sections its experiments
    /// @param results what they measured
    /// @throws IOException if it can't be written
    public static void write(
            Path folder,
            String title,
            Map<String, String> facts,
            List<String> commands,
            List<Section> sections,
            Results results)
            throws IOException {
        HtmlReport report = new HtmlReport(folder, results);
        report.page(title, facts, commands, sections);
        Files.writeString(folder.resolve(FILE), report.html);
    }

    private void page(
            String title, Map<String, String> facts, List<String> commands, List<Section> sections)
            throws IOException {
        html.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
                .append(escape(title))
                .append("</title>\n<style>\n")
                .append(STYLE)
                .append("</style></head><body>\n<h1>")
                .append(escape(title))
                .append("</h1>\n");
        paragraph(
                "note",
                "Skyway on %s with %s cores, %s."
                        .formatted(
                                facts.get("processor"),
                                facts.get("cores"),
                                facts.get("virtualisation")));
        html.append("<nav>");
        for (Section s : sections) {
            html.append("<a href=\"#%s\">%s</a>".formatted(s.experiment(), escape(s.title())));
        }
        html.append("<a href=\"#machine\">Machine and commands</a></nav>\n");
        for (Section s : sections) {
            section(s);
        }
        machine(facts, commands);
        html.append("</body></html>\n");
    }

    private void section(Section s) throws IOException {
        html.append("<h2 id=\"%s\">%s</h2>\n".formatted(s.experiment(), escape(s.title())));
        s.findings().forEach(f -> paragraph("", f));
        if (!s.verdicts().isEmpty()) {
            verdicts(s.verdicts());
        }
        for (Figure f : s.figures()) {
            if (Plot.write(f, results, folder)) {
                String svg = Files.readString(folder.resolve(f.name() + ".svg"));
                html.append("<figure>")
                        .append(svg.substring(svg.indexOf("<svg")))
                        .append("</figure>\n");
            }
        }
        s.text().forEach(t -> paragraph("", t));
        List<Summary> rows = results.summaries(k -> k.experiment().equals(s.experiment()));
        if (!rows.isEmpty()) {
            methods(rows);
            table(rows);
        }
    }

    private void verdicts(List<RatioRow> verdicts) {
        html.append(
                "<table><tr><th>work<th>against<th>Skyway<th>the other<th>figure<th>quartiles<th>goal<th></tr>\n");
        for (RatioRow v : verdicts) {
            html.append("<tr><td>")
                    .append(escape(v.work()))
                    .append("<td>")
                    .append(escape(v.against()))
                    .append("<td class=n>")
                    .append(escape(v.ours()))
                    .append("<td class=n>")
                    .append(escape(v.theirs()))
                    .append("<td class=n>")
                    .append(escape(v.figureText()))
                    .append("<td class=n>")
                    .append(escape(v.isMeasured() ? v.spread() : "-"))
                    .append("<td class=n>")
                    .append(escape(v.goalText()))
                    .append("<td class=" + (v.good() ? "good" : "gap") + ">")
                    .append(escape(v.gap()))
                    .append("</tr>\n");
        }
        html.append("</table>\n");
    }

    private void methods(List<Summary> rows) {
        Set<Method> methods = EnumSet.noneOf(Method.class);
        rows.forEach(r -> methods.add(r.key().method()));
        for (Method m : methods) {
            paragraph("note", m.title() + ": " + m.explanation() + ".");
        }
    }

    private void table(List<Summary> rows) {
        html.append(
                "<details open><summary>Medians and quartiles</summary>\n<table><tr><th>what<th>method<th>path<th>at<th>unit"
                        + "<th>cores<th>rounds<th>median<th>quartiles<th>least and most<th>by the yardstick</tr>\n");
        for (Summary r : rows) {
            Key k = r.key();
            html.append("<tr><td>").append(escape(k.metric()));
            html.append("<td>").append(escape(k.method().title()));
            html.append("<td>").append(escape(k.path()));
            html.append("<td>").append(escape(k.x()));
            html.append("<td>").append(escape(k.unit()));
            html.append("<td>").append(placement(r.placement()));
            cell(Integer.toString(r.rounds()));
            cell(number(r.spread().median()));
            cell(number(r.spread().lowerQuartile()) + " to " + number(r.spread().upperQuartile()));
            cell(number(r.spread().min()) + " to " + number(r.spread().max()));
            cell(Double.isNaN(r.toYardstick()) ? "-" : number(r.toYardstick()));
            html.append("</tr>\n");
        }
        html.append("</table></details>\n");
    }

    private static String placement(Placement p) {
        return switch (p) {
            case ALL -> "all rounds";
            case NEAR -> "near";
            case FAR -> "far";
        };
    }

    private void machine(Map<String, String> facts, List<String> commands) {
        html.append("<h2 id=\"machine\">Machine and commands</h2>\n");
        conditions();
        html.append("<table>\n");
        facts.forEach((name, value) ->
                html.append("<tr><th>%s<td>%s</tr>%n".formatted(escape(name), escape(value))));
        html.append("</table>\n<pre>");
        List<String> lines = new ArrayList<>(commands);
        lines.forEach(c -> html.append(escape(c)).append('\n'));
        html.append("</pre>\n");
        paragraph(
                "note",
                "Beside this page: %s has every round with its conditions, %s what they came to, and each plot is there as SVG and PNG."
                        .formatted(Results.RAW, Results.SUMMARY));
    }

    private void conditions() {
        double[] yardstick = conditions(Conditions::yardstickMpps);
        if (yardstick.length > 0) {
            var spread = org.skyway.experiments.bed.Spread.of(java.util.Arrays.stream(yardstick));
            paragraph(
                    "",
                    ("The yardstick, a ring of %s written in C, was run for 0.3 s before and after each round: %s Mpps"
                                    + " in the middle, %s to %s. Rounds in which it did less than half of its best are called far: the"
                                    + " two cores were then far from each other, or others used them.")
                            .formatted(
                                    "8,192 packets of 64 bytes",
                                    number(spread.median()),
                                    number(spread.min()),
                                    number(spread.max())));
        }
        double[] others = conditions(Conditions::otherCores);
        if (others.length > 0) {
            var spread = org.skyway.experiments.bed.Spread.of(java.util.Arrays.stream(others));
            var steal =
                    org.skyway.experiments.bed.Spread.of(
                            java.util.Arrays.stream(conditions(Conditions::stealShare)));
            var queue =
                    org.skyway.experiments.bed.Spread.of(
                            java.util.Arrays.stream(conditions(Conditions::runQueue)));
            paragraph(
                    "",
                    ("Others had %s of the cores in the middle of the rounds and %s at most; a hypervisor took %s %% at most;"
                                    + " %s programs could have run at the end of a round, in the middle.")
                            .formatted(
                                    number(spread.median()),
                                    number(spread.max()),
                                    number(100 * steal.max()),
                                    number(queue.median())));
            if (spread.median() > 0.25) {
                paragraph(
                        "gap", "The machine was busy: ratios count here, absolute figures do not.");
            }
        }
    }

    private double[] conditions(java.util.function.ToDoubleFunction<Conditions> which) {
        return results.all().stream()
                .mapToDouble(m -> which.applyAsDouble(m.conditions()))
                .filter(v -> !Double.isNaN(v))
                .toArray();
    }

    private void cell(String text) {
        html.append("<td class=n>").append(escape(text));
    }

    private void paragraph(String kind, String text) {
        html.append("<p class=\"%s\">%s</p>%n".formatted(kind, escape(text)));
    }

    /// A value for people: three digits that count.
    ///
    /// @param value any
    /// @return the text
    public static String number(double value) {
        if (value == 0) {
            return "0";
        }
        double a = Math.abs(value);
        String pattern = a >= 1000 ? "%,.0f" : a >= 100 ? "%.0f" : a >= 10 ? "%.1f" : "%.3g";
        return String.format(Locale.ROOT, pattern, value);
    }

    static String escape(String text) {
        return text == null
                ? ""
                : text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
