package dev.lanewise.cli.support;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A plot of lines as a PNG: the only class that touches XChart and AWT. */
public final class Plot {
  public static final int WIDTH = 1200;
  public static final int HEIGHT = 750;

  /** Colours that people with any colour vision can tell apart (M. Okabe and K. Ito). */
  private static final List<Color> COLORS =
      IntStream.of(0xE69F00, 0x56B4E9, 0x009E73, 0xD55E00, 0x0072B2, 0xCC79A7, 0x333333)
          .mapToObj(Color::new)
          .toList();

  private static final List<Marker> MARKERS =
      List.of(
          SeriesMarkers.CIRCLE,
          SeriesMarkers.SQUARE,
          SeriesMarkers.DIAMOND,
          SeriesMarkers.TRIANGLE_UP,
          SeriesMarkers.TRIANGLE_DOWN,
          SeriesMarkers.CROSS);

  private static final Color GRID = new Color(0xDDDDDD);
  private static final int OPAQUE = 255;
  private static final int FAINT = 90;
  private static final int CLOUD = 50;
  private static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 15);
  private static final Font LARGE = new Font(Font.SANS_SERIF, Font.BOLD, 18);

  private final XYChart chart;

  /** Makes an empty plot; titles of axes name the unit. */
  public Plot(String title, String xTitle, String yTitle) {
    chart = new XYChart(WIDTH, HEIGHT);
    chart.setTitle(title);
    chart.setXAxisTitle(xTitle);
    chart.setYAxisTitle(yTitle);
    chart
        .getStyler()
        .setPlotMargin(0)
        .setPlotContentSize(0.97)
        .setAntiAlias(true)
        .setChartBackgroundColor(Color.WHITE)
        .setChartTitleFont(LARGE)
        .setLegendFont(SMALL)
        .setLegendBorderColor(GRID)
        .setLegendPosition(LegendPosition.OutsideE);
    chart
        .getStyler()
        .setAxisTitleFont(SMALL)
        .setAxisTickLabelsFont(SMALL)
        .setPlotBackgroundColor(Color.WHITE)
        .setPlotBorderColor(Color.GRAY)
        .setChartPadding(16);
    chart.getStyler().setPlotGridLinesColor(GRID).setLocale(Locale.ROOT);
  }

  /**
   * Where a positive number lies on a logarithmic axis of less than some powers of ten: {@link
   * #logarithmic} labels those alone.
   */
  public static double logPlace(double value) {
    return StrictMath.log10(Math.max(value, 1e-6));
  }

  /** The number at a place, with two digits that count. */
  public static String logLabel(double place) {
    double value = StrictMath.pow(10, place);
    int digits = Math.max(0, 1 - (int) Math.floor(place + 1e-9));
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  /** Gives the vertical axis a logarithmic scale, labelled at powers of ten. */
  public Plot logarithmic() {
    chart.getStyler().setYAxisLogarithmic(true);
    return this;
  }

  /** Sets the ends of the vertical axis; a line must not leave them. */
  public Plot between(double least, double most) {
    chart.getStyler().setYAxisMin(least).setYAxisMax(most);
    return this;
  }

  /** Labels whole numbers alone on the horizontal axis. */
  public Plot wholeNumbers() {
    chart
        .getStyler()
        .setxAxisTickLabelsFormattingFunction(
            // Not "": XChart cannot draw that where no tick of an axis is at a whole number.
            x -> Math.abs(x - Math.rint(x)) < 1e-6 ? Long.toString(Math.round(x)) : " ");
    return this;
  }

  /** Sets what the vertical axis writes at a place. */
  public Plot yLabels(Function<Double, String> label) {
    chart.getStyler().setyAxisTickLabelsFormattingFunction(label);
    return this;
  }

  /** Adds a line with markers, in the colour of its number. */
  public void line(int number, String label, double[] x, double[] y) {
    series(number, label, x, y, 2.2f, OPAQUE).setMarker(MARKERS.get(number % MARKERS.size()));
  }

  /** Adds a line without markers, for many points. */
  public void curve(int number, String label, double[] x, double[] y) {
    series(number, label, x, y, 1.8f, OPAQUE);
  }

  /**
   * Adds so many points that they make a cloud, for other lines to be seen before it; too faint for
   * the legend.
   */
  public void cloud(int number, String label, double[] x, double[] y) {
    series(number, label, x, y, 0.6f, CLOUD).setShowInLegend(false);
  }

  /** Adds the edge of a line's range, thin and without an entry in the legend. */
  public void edge(int number, String label, double[] x, double[] y) {
    series(number, label, x, y, 1f, FAINT).setShowInLegend(false);
  }

  private XYSeries series(
      int number, String label, double[] x, double[] y, float width, int opacity) {
    // An infinite point has no place on an axis, and is left out as NaN is.
    double[] drawn =
        Arrays.stream(y).map(value -> Double.isFinite(value) ? value : Double.NaN).toArray();
    XYSeries series = chart.addSeries(label, x, drawn);
    Color plain = COLORS.get(number % COLORS.size());
    Color color = new Color(plain.getRed(), plain.getGreen(), plain.getBlue(), opacity);
    series.setMarker(SeriesMarkers.NONE).setMarkerColor(color);
    series.setLineColor(color);
    series.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    return series;
  }

  /** Writes the plot as PNG. */
  public void write(Path file) throws IOException {
    Png.write(file, BitmapEncoder.getBufferedImage(chart));
  }

  /** Draws a little, so that what is missing for drawing is noticed before hours of training. */
  static void tryOut() throws IOException {
    Plot plot = new Plot("title", "x", "y");
    plot.line(0, "line", new double[] {1, 2}, new double[] {1, 2});
    Png.bytes(BitmapEncoder.getBufferedImage(plot.chart));
  }
}
