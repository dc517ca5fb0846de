package dev.lanewise.bench.suite;

import dev.lanewise.bench.suite.Svg.Anchor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The roofline picture: operations a second over operations a byte, both logarithmic, under the
 * limits. Points have numbers that a list beside the picture explains.
 */
final class Roofline {
  private static final double LEFT = 64;
  private static final double TOP = 60;
  private static final double WIDTH = 620;
  private static final double TEXT = 11;
  private static final double LIST_LINE = 16;
  private static final double BOX_HEIGHT = 12;

  private record Box(double x, double y, double width, double height) {
    boolean meets(Box other) {
      return x < other.x + other.width
          && other.x < x + width
          && y < other.y + other.height
          && other.y < y + height;
    }
  }

  private final Roofs roofs;
  private final List<Row> points;
  private final int threads;
  private final double fma;
  private final double height;
  private final double lowX;
  private final double highX;
  private final double lowY;
  private final double highY;

  /** Points count operations and bytes; there is a roof of as many threads. */
  Roofline(Roofs roofs, List<Row> points, int threads) {
    this.roofs = roofs;
    this.points = points;
    this.threads = threads;
    fma = roofs.fma(threads).orElseThrow();
    height = Math.max(420, points.size() * LIST_LINE - 20);
    double least = points.stream().mapToDouble(Roofline::intensity).min().orElse(1);
    double most = points.stream().mapToDouble(Roofline::intensity).max().orElse(1);
    // To the left of all points there is room for the names of the slanted limits.
    lowX = least / 16;
    highX = Math.max(most * 2, least * 16);
    highY = fma * 2;
    double slowest = points.stream().mapToDouble(row -> row.work().gflops()).min().orElse(1);
    lowY = Math.min(slowest / 3, highY / 300);
  }

  private static double intensity(Row row) {
    return row.intensity().orElseThrow();
  }

  private double x(double intensity) {
    return LEFT + WIDTH * Math.log(intensity / lowX) / Math.log(highX / lowX);
  }

  private double y(double rate) {
    return TOP + height * (1 - Math.log(rate / lowY) / Math.log(highY / lowY));
  }

  String svg() {
    double list =
        points.stream().mapToDouble(row -> Svg.width(entry(99, row), TEXT)).max().orElse(0);
    Svg svg =
        new Svg(
            LEFT + WIDTH + 40 + list,
            TOP + height + 56,
            "Roofline, SIMD kernels, " + Report.threads(threads));
    axes(svg);
    List<Box> taken = new ArrayList<>();
    limits(svg, taken);
    points(svg, taken);
    return svg.end();
  }

  private void axes(Svg svg) {
    for (double tick : ticks(lowX, highX)) {
      svg.line(x(tick), TOP, x(tick), TOP + height, Svg.FAINT, 1);
      svg.text(x(tick), TOP + height + 16, plain(tick), TEXT, Svg.MUTED, Anchor.MIDDLE);
    }
    for (double tick : ticks(lowY, highY)) {
      svg.line(LEFT, y(tick), LEFT + WIDTH, y(tick), Svg.FAINT, 1);
      svg.text(LEFT - 6, y(tick) + 4, plain(tick), TEXT, Svg.MUTED, Anchor.END);
    }
    svg.line(LEFT, TOP + height, LEFT + WIDTH, TOP + height, Svg.MUTED, 1);
    svg.line(LEFT, TOP, LEFT, TOP + height, Svg.MUTED, 1);
    svg.text(
        LEFT + WIDTH / 2,
        TOP + height + 38,
        "operations for each byte that arguments make a call move",
        TEXT,
        Svg.MUTED,
        Anchor.MIDDLE);
    svg.turned(18, TOP + height / 2, "GFLOP/s", TEXT, Svg.MUTED, Anchor.MIDDLE, -90);
  }

  /** Powers of ten, with their doubles and fivefolds between them. */
  private static List<Double> ticks(double low, double high) {
    List<Double> ticks = new ArrayList<>();
    for (int power = (int) Math.floor(Math.log10(low)); Math.pow(10, power) <= high; power++) {
      for (int step : new int[] {1, 2, 5}) {
        double tick = step * Math.pow(10, power);
        if (tick >= low && tick <= high) {
          ticks.add(tick);
        }
      }
    }
    return ticks;
  }

  private static String plain(double tick) {
    int digits = Math.max(0, (int) -Math.floor(Math.log10(tick) + 1e-9));
    return String.format(Locale.ROOT, "%." + digits + "f", tick);
  }

  private void limits(Svg svg, List<Box> taken) {
    List<Row> triads = roofs.triads(threads);
    double slope =
        -Math.toDegrees(
            Math.atan2(height / Math.log(highY / lowY), WIDTH / Math.log(highX / lowX)));
    double knee = highX;
    for (int i = 0; i < triads.size(); i++) {
      double bytes = triads.get(i).work().gigabytes();
      double start = Math.max(lowX, lowY / bytes);
      double end = Math.min(highX, fma / bytes);
      knee = Math.min(knee, end);
      svg.line(x(start), y(start * bytes), x(end), y(end * bytes), Svg.INK, 1.2);
      String name =
          Figures.three(bytes)
              + " GB/s, triad "
              + Figures.three(Roofs.kilobytes(triads.get(i)))
              + " KB";
      // Just above the first line and below the others, since lines may lie close together.
      double along = 16;
      double across = i == 0 ? -6 : TEXT + 3;
      double radians = Math.toRadians(slope);
      svg.turned(
          x(start) + along * Math.cos(radians) - across * Math.sin(radians),
          y(start * bytes) + along * Math.sin(radians) + across * Math.cos(radians),
          name,
          TEXT - 1,
          Svg.INK,
          Anchor.START,
          slope);
    }
    svg.line(x(Math.max(lowX, knee)), y(fma), LEFT + WIDTH, y(fma), Svg.INK, 1.6);
    String name = Figures.three(fma) + " GFLOP/s, multiply-adds on registers";
    svg.text(LEFT + WIDTH - 4, y(fma) - 7, name, TEXT, Svg.INK, Anchor.END);
    double length = Svg.width(name, TEXT);
    taken.add(new Box(LEFT + WIDTH - 4 - length, y(fma) - 18, length, 16));
  }

  private void points(Svg svg, List<Box> taken) {
    List<String> families = points.stream().map(Row::family).distinct().toList();
    for (Row row : points) {
      taken.add(new Box(x(intensity(row)) - 4, y(row.work().gflops()) - 4, 8, 8));
    }
    double listX = LEFT + WIDTH + 24;
    for (int i = 0; i < points.size(); i++) {
      Row row = points.get(i);
      String colour =
          Palette.FAMILIES.get(families.indexOf(row.family()) % Palette.FAMILIES.size());
      number(svg, i + 1, x(intensity(row)), y(row.work().gflops()), colour, taken);
      double y = TOP + 4 + i * LIST_LINE;
      svg.dot(listX, y - 4, 4, colour);
      svg.text(listX + 10, y, entry(i + 1, row), TEXT, Svg.INK, Anchor.START);
    }
  }

  private static String entry(int number, Row row) {
    return number
        + "  "
        + row.family()
        + "."
        + row.subject()
        + ": "
        + Figures.three(row.work().gflops())
        + (row.noisy() ? Figures.NOISY : "");
  }

  /** The point, and its number where nothing else stands. */
  private static void number(
      Svg svg, int number, double x, double y, String colour, List<Box> taken) {
    String text = Integer.toString(number);
    double width = Svg.width(text, TEXT);
    Box place = null;
    for (double distance = 11; place == null && distance < 90; distance += 7) {
      for (int turn = 0; place == null && turn < 16; turn++) {
        double angle = Math.PI * (turn / 8.0 - 0.25);
        Box box =
            new Box(
                x + distance * Math.cos(angle) - width / 2,
                y + distance * Math.sin(angle) - BOX_HEIGHT / 2,
                width,
                BOX_HEIGHT);
        if (taken.stream().noneMatch(box::meets)) {
          place = box;
        }
      }
    }
    if (place != null) {
      taken.add(place);
      double middleX = place.x + width / 2;
      double middleY = place.y + BOX_HEIGHT / 2;
      if (Math.hypot(middleX - x, middleY - y) > 14) {
        svg.line(x, y, middleX, middleY, colour, 0.6);
      }
      svg.text(middleX, middleY + 4, text, TEXT, Svg.INK, Anchor.MIDDLE);
    }
    svg.dot(x, y, 4, colour);
  }
}
