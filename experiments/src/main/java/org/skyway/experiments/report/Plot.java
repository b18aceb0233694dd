package org.skyway.experiments.report;

import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.skyway.experiments.report.Summary.Placement;

/// Draws a [Figure] as SVG and PNG. Bars reach from quartile to quartile. What was derived and not
/// measured is dashed. Needs no display, but fonts.
public final class Plot {
    private static final int WIDTH = 860;
    private static final int HEIGHT = 480;

    // Told apart by people who don't see all colours, too (Okabe and Ito), and by their markers.
    private static final Color[] COLOURS = {
        new Color(0x0072b2),
        new Color(0xd55e00),
        new Color(0x009e73),
        new Color(0xcc79a7),
        new Color(0xe69f00),
        new Color(0x56b4e9),
        new Color(0x000000)
    };
    private static final Marker[] MARKERS = {
        SeriesMarkers.CIRCLE,
        SeriesMarkers.SQUARE,
        SeriesMarkers.TRIANGLE_UP,
        SeriesMarkers.DIAMOND,
        SeriesMarkers.TRIANGLE_DOWN,
        SeriesMarkers.CROSS,
        SeriesMarkers.PLUS
    };

    private Plot() {}

    /// Draws.
    ///
    /// @param figure what
    /// @param results of which run
    /// @param folder where its two files go
    /// @return false if nothing of it was measured; then there are no files
    /// @throws IOException if they can't be written
    public static boolean write(Figure figure, Results results, Path folder) throws IOException {
        Map<String, List<Summary>> series = new TreeMap<>();
        results
                .summaries(k ->
                        k.experiment().equals(figure.experiment())
                                && k.metric().equals(figure.metric())
                                && !Double.isNaN(k.place()))
                .stream()
                .filter(s -> s.placement() == Placement.ALL)
                .forEach(s -> series.computeIfAbsent(name(s.key()), _ -> new ArrayList<>()).add(s));
        if (series.isEmpty()) {
            return false;
        }
        String file = folder.resolve(figure.name()).toString();
        XYChart chart = chart(figure, series);
        BitmapEncoder.saveBitmapWithDPI(chart, file, BitmapEncoder.BitmapFormat.PNG, 144);
        // XChart's own encoder of vector graphics is about to go; this is what it calls.
        VectorGraphics2D drawn = new VectorGraphics2D();
        chart.paint(drawn, WIDTH, HEIGHT);
        try (OutputStream svg = Files.newOutputStream(Path.of(file + ".svg"))) {
            Processors.get("svg")
                    .getDocument(drawn.getCommands(), new PageSize(0, 0, WIDTH, HEIGHT))
                    .writeTo(svg);
        }
        return true;
    }

    private static String name(Key key) {
        return key.path() + ", " + key.method().title();
    }

    private static XYChart chart(Figure figure, Map<String, List<Summary>> series) {
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title(figure.title())
                        .xAxisTitle(figure.xTitle())
                        .yAxisTitle(figure.yTitle())
                        .build();
        style(chart, figure);
        List<String> paths = new ArrayList<>();
        int n = 0;
        double least = Double.MAX_VALUE;
        double most = 0;
        for (var entry : series.entrySet()) {
            List<Summary> points = entry.getValue();
            // A logarithmic axis has no place for nothing.
            points.removeIf(s ->
                    figure.logY() && s.spread().lowerQuartile() <= 0
                            || figure.logX() && s.key().place() <= 0);
            if (points.isEmpty()) {
                continue;
            }
            double[] x = points.stream().mapToDouble(s -> s.key().place()).toArray();
            double[] y = points.stream().mapToDouble(s -> s.spread().median()).toArray();
            double[] half =
                    points.stream()
                            .mapToDouble(s ->
                                    (s.spread().upperQuartile() - s.spread().lowerQuartile()) / 2)
                            .toArray();
            for (double value : y) {
                least = Math.min(least, value);
                most = Math.max(most, value);
            }
            XYSeries line = chart.addSeries(entry.getKey(), x, y, half);
            String path = points.getFirst().key().path();
            if (!paths.contains(path)) {
                paths.add(path);
            }
            Color colour = COLOURS[paths.indexOf(path) % COLOURS.length];
            line.setLineColor(colour);
            line.setMarkerColor(colour);
            line.setMarker(MARKERS[n % MARKERS.length]);
            line.setLineStyle(stroke(points.getFirst().key().method()));
            n++;
        }
        if (!figure.logY()) {
            chart.getStyler().setYAxisMin(0.0);
        } else if (least < Double.MAX_VALUE) {
            chart.getStyler().setYAxisMin(Math.pow(10, Math.floor(Math.log10(least))));
            chart.getStyler().setYAxisMax(Math.pow(10, Math.ceil(Math.log10(most * 1.01))));
        }
        return chart;
    }

    private static BasicStroke stroke(Method method) {
        return method == Method.PER_STAGE
                ? new BasicStroke(
                        2.2f,
                        BasicStroke.CAP_BUTT,
                        BasicStroke.JOIN_ROUND,
                        1,
                        new float[] {8, 5},
                        0)
                : new BasicStroke(2.2f);
    }

    private static void style(XYChart chart, Figure figure) {
        var styler = chart.getStyler();
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setPlotGridLinesColor(new Color(0xd8d8d8));
        styler.setChartTitleFont(font(Font.BOLD, 17));
        styler.setAxisTitleFont(font(Font.PLAIN, 15));
        styler.setAxisTickLabelsFont(font(Font.PLAIN, 14));
        styler.setLegendFont(font(Font.PLAIN, 14));
        styler.setLegendPosition(Styler.LegendPosition.OutsideS);
        styler.setLegendLayout(Styler.LegendLayout.Vertical);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setMarkerSize(9);
        styler.setErrorBarsColorSeriesColor(true);
        styler.setXAxisLogarithmic(figure.logX());
        styler.setYAxisLogarithmic(figure.logY());
        Function<Double, String> plain = Plot::plain;
        styler.setXAxisTickLabelsFormattingFunction(plain);
        styler.setYAxisTickLabelsFormattingFunction(plain);
    }

    private static Font font(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }

    private static String plain(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e9) {
            return String.format(java.util.Locale.ROOT, "%,d", (long) value);
        }
        return String.format(java.util.Locale.ROOT, "%.3g", value).replaceAll("\\.?0+$", "");
    }
}
