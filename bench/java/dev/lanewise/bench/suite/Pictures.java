package dev.lanewise.bench.suite;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The report's pictures. */
final class Pictures {
  /** Colours that people with any kind of colour vision tell apart (M. Okabe and K. Ito). */
  private static final List<Color> COLORS =
      List.of(
          new Color(0x0072B2),
          new Color(0xD55E00),
          new Color(0x009E73),
          new Color(0xCC79A7),
          new Color(0xE69F00),
          new Color(0x56B4E9),
          new Color(0x333333));

  private static final List<Marker> MARKERS =
      List.of(
          SeriesMarkers.CIRCLE,
          SeriesMarkers.SQUARE,
          SeriesMarkers.DIAMOND,
          SeriesMarkers.TRIANGLE_UP,
          SeriesMarkers.TRIANGLE_DOWN,
          SeriesMarkers.CROSS);

  /** The colours of our own implementations, in the order of {@link Line#OURS}. */
  private static final List<Color> OURS =
      List.of(new Color(0xC4C4C4), new Color(0x8C8C8C), COLORS.get(4), COLORS.get(0));

  private static final List<Color> PEERS =
      List.of(COLORS.get(2), COLORS.get(3), COLORS.get(5), COLORS.get(1), COLORS.get(6));

  private static final Color GRID = new Color(0xDDDDDD);
  private static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
  private static final Font LARGE = new Font(Font.SANS_SERIF, Font.BOLD, 16);
  private static final int MOST_LINES = 20;

  private Pictures() {}

  /** A family's implementations as shares of the limit; all lines have one number of threads. */
  static byte[] bars(String family, List<Line> all, Roofs roofs) throws IOException {
    List<Line> lines = all.size() > MOST_LINES ? some(all) : all;
    List<String> peers = Line.peers(lines);
    List<String> impls = new ArrayList<>(Line.OURS);
    impls.addAll(peers);
    impls.removeIf(impl -> lines.stream().allMatch(line -> line.row(impl).isEmpty()));
    int width = 200 + lines.size() * (24 + 16 * impls.size());
    CategoryChart chart = new CategoryChart(Math.max(640, width), 720);
    style(chart.getStyler());
    chart
        .getStyler()
        .setLabelsVisible(true)
        .setLabelsRotation(90)
        .setLabelsFont(SMALL)
        .setAvailableSpaceFill(0.9)
        .setXAxisLabelRotation(45)
        .setYAxisDecimalPattern("#");
    chart.setTitle(family + ", " + Report.threads(lines.getFirst().threads()));
    chart.setYAxisTitle("% of the limit");
    List<String> subjects = lines.stream().map(Line::subject).toList();
    for (String impl : impls) {
      List<@Nullable Double> shares = new ArrayList<>();
      lines.forEach(line -> shares.add(percent(line, impl, roofs)));
      chart
          .addSeries(impl.equals(Line.SIMD) ? "Lanewise SIMD" : impl, subjects, shares)
          .setFillColor(color(impl, peers));
    }
    CategorySeries limit =
        chart.addSeries("limit", subjects, Collections.nCopies(lines.size(), 100));
    limit.setChartCategorySeriesRenderStyle(CategorySeriesRenderStyle.Line);
    limit.setMarker(SeriesMarkers.NONE).setLineColor(Color.BLACK).setLineWidth(1.5f);
    return png(chart);
  }

  /** Too many for a picture: of each method (and rule) the shape in the middle. */
  private static List<Line> some(List<Line> lines) {
    Map<String, List<Line>> methods = new LinkedHashMap<>();
    for (Line line : lines) {
      Map<String, String> params = new TreeMap<>(line.main().params());
      params.keySet().removeAll(List.of("impl", "threads", "shape"));
      methods.computeIfAbsent(line.main().method() + params, _ -> new ArrayList<>()).add(line);
    }
    return methods.values().stream()
        .map(
            same ->
                same.stream()
                    .sorted(Comparator.comparingDouble(line -> line.main().seconds()))
                    .toList()
                    .get(same.size() / 2))
        .toList();
  }

  /** The share of the limit, or where none was measured of the fastest implementation. */
  private static @Nullable Double percent(Line line, String impl, Roofs roofs) {
    double whole =
        roofs
            .limit(line.main())
            .orElseGet(() -> line.rows().values().stream().mapToDouble(Row::rate).max().orElse(1));
    return line.row(impl).map(row -> 100 * row.rate() / whole).orElse(null);
  }

  private static Color color(String impl, List<String> peers) {
    int ours = Line.OURS.indexOf(impl);
    return ours >= 0 ? OURS.get(ours) : PEERS.get(peers.indexOf(impl) % PEERS.size());
  }

  /**
   * The roofline: operations a second over operations a byte, both logarithmic, under the limits.
   *
   * @param points rows that count operations and bytes
   * @param threads their number of threads, for which there is a roof
   */
  static byte[] roofline(Roofs roofs, List<Row> points, int threads) throws IOException {
    XYChart chart = new XYChart(1200, Math.max(640, 140 + 24 * points.size()));
    style(chart.getStyler());
    chart
        .getStyler()
        .setXAxisLogarithmic(true)
        .setYAxisLogarithmic(true)
        .setAnnotationTextFont(SMALL);
    chart.setTitle("Roofline, SIMD kernels, " + Report.threads(threads));
    chart.setXAxisTitle("operations for each byte that arguments make a call move");
    chart.setYAxisTitle("GFLOP/s");
    List<String> families = points.stream().map(Row::family).distinct().toList();
    for (int i = 0; i < points.size(); i++) {
      Row row = points.get(i);
      int family = families.indexOf(row.family());
      double[] x = {row.intensity().orElseThrow()};
      double[] y = {row.work().gflops()};
      String name = i + 1 + "  " + row.family() + "." + row.subject();
      XYSeries point = chart.addSeries(name, x, y);
      point.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
      point.setMarker(MARKERS.get(family % MARKERS.size()));
      point.setMarkerColor(COLORS.get(family % COLORS.size()));
      chart.addAnnotation(new AnnotationText(" ".repeat(5) + (i + 1), x[0], y[0], false));
    }
    double fma = roofs.fma(threads).orElseThrow();
    double[] intensities =
        points.stream().mapToDouble(row -> row.intensity().orElseThrow()).toArray();
    double least = Arrays.stream(intensities).min().orElse(1) / 4;
    double most = Arrays.stream(intensities).max().orElse(1) * 4;
    limit(
        chart, Figures.three(fma) + " GFLOP/s, multiply-adds on registers", least, most, _ -> fma);
    for (Row triad : roofs.triads(threads)) {
      double bytes = triad.work().gigabytes();
      String size = Figures.three(Roofs.kilobytes(triad)) + " KB";
      limit(
          chart, Figures.three(bytes) + " GB/s, triad " + size, least, fma / bytes, x -> x * bytes);
    }
    return png(chart);
  }

  private static void limit(
      XYChart chart, String name, double from, double to, DoubleUnaryOperator rate) {
    if (from < to) {
      double[] x = {from, to};
      XYSeries line = chart.addSeries(name, x, Arrays.stream(x).map(rate).toArray());
      line.setMarker(SeriesMarkers.NONE);
      line.setLineColor(Color.BLACK);
      line.setLineStyle(SeriesLines.SOLID);
      line.setLineWidth(1.5f);
    }
  }

  private static void style(AxesChartStyler styler) {
    styler
        .setChartBackgroundColor(Color.WHITE)
        .setChartTitleFont(LARGE)
        .setChartPadding(16)
        .setLegendFont(SMALL)
        .setLegendBorderColor(GRID)
        .setPlotBackgroundColor(Color.WHITE);
    styler
        .setAxisTitleFont(SMALL)
        .setAxisTickLabelsFont(SMALL)
        .setPlotGridLinesColor(GRID)
        .setLocale(Locale.ROOT);
  }

  private static byte[] png(Chart<?, ?> chart) throws IOException {
    return BitmapEncoder.getBitmapBytes(chart, BitmapFormat.PNG);
  }
}
