package dev.lanewise.bench.suite;

import dev.lanewise.bench.suite.Svg.Anchor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Bars of a family: each implementation as a share of the limit, with its rate in figures. */
final class Bars {
  private static final int MOST_LINES = 20;
  private static final double BAR = 13;
  private static final double GAP = 12;
  private static final double TOP = 76;
  private static final double AXIS = 460;

  /** Room for the figures at the end of the longest bar. */
  private static final double FIGURES = 190;

  private static final double TEXT = 11;

  private final String family;
  private final List<Line> lines;
  private final Roofs roofs;
  private final List<String> peers;
  private final List<String> impls = new ArrayList<>();

  /** Lines have one number of threads. */
  Bars(String family, List<Line> lines, Roofs roofs) {
    this.family = family;
    this.lines = lines.size() > MOST_LINES ? some(lines) : lines;
    this.roofs = roofs;
    peers = Line.peers(this.lines);
    List<String> known = new ArrayList<>(Line.OURS);
    known.addAll(peers);
    known.stream()
        .filter(impl -> this.lines.stream().anyMatch(line -> line.row(impl).isPresent()))
        .forEach(impls::add);
  }

  /** Too many for a picture: of each method (and rule) the shape in the middle. */
  private static List<Line> some(List<Line> lines) {
    Map<String, List<Line>> methods = new LinkedHashMap<>();
    for (Line line : lines) {
      Map<String, String> params = new TreeMap<>(line.main().params());
      params.keySet().removeAll(List.of("impl", "threads", "shape", "n"));
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

  String svg() {
    double left =
        24 + lines.stream().mapToDouble(l -> Svg.width(l.subject(), TEXT)).max().orElse(0);
    double height = TOP + 34;
    for (Line line : lines) {
      height += BAR * line.rows().size() + GAP;
    }
    double most = Math.max(1, lines.stream().mapToDouble(this::longest).max().orElse(1));
    double scale = AXIS / most;
    String title =
        family + ", " + Report.threads(lines.getFirst().threads()) + ": share of the limit";
    double width = Math.max(left + AXIS + FIGURES, 40 + Svg.width(title, 15));
    width = Math.max(width, legendWidth());
    Svg svg = new Svg(width, height, title);
    legend(svg);
    double bottom = height - 26;
    for (double share = 0; share <= most + 1e-9; share += 0.25) {
      double x = left + share * scale;
      boolean limit = Math.abs(share - 1) < 1e-9;
      svg.line(x, TOP - 8, x, bottom, limit ? Svg.INK : Svg.FAINT, limit ? 1.6 : 1);
      svg.text(x, bottom + 16, Math.round(share * 100) + " %", TEXT, Svg.MUTED, Anchor.MIDDLE);
    }
    double y = TOP;
    for (Line line : lines) {
      double middle = y + BAR * line.rows().size() / 2 + 4;
      svg.text(left - 8, middle, line.subject(), TEXT, Svg.INK, Anchor.END);
      for (String impl : impls) {
        if (line.row(impl).isPresent()) {
          bar(svg, left, y, scale, line, impl);
          y += BAR;
        }
      }
      y += GAP;
    }
    return svg.end();
  }

  private void bar(Svg svg, double left, double y, double scale, Line line, String impl) {
    Row row = line.rows().get(impl);
    double length = row.rate() / whole(line) * scale;
    svg.rect(left, y, Math.max(1, length), BAR - 2, Palette.of(impl, peers));
    String share =
        roofs.limit(line.main()).isPresent()
            ? ", " + Figures.percent(row.rate() / whole(line))
            : "";
    String text =
        Figures.three(row.rate()) + " " + row.unit() + share + (row.noisy() ? Figures.NOISY : "");
    // On a strip of paper, which keeps the limit's line out of the figures.
    svg.rect(left + length + 3, y, Svg.width(text, TEXT) * 0.93, BAR - 1, "#fcfcfa");
    svg.text(left + length + 5, y + BAR - 3, text, TEXT, Svg.INK, Anchor.START);
  }

  /** What is 100 %: the limit, or where none was measured the fastest implementation. */
  private double whole(Line line) {
    OptionalDouble limit = roofs.limit(line.main());
    return limit.orElseGet(
        () -> line.rows().values().stream().mapToDouble(Row::rate).max().orElse(1));
  }

  private double longest(Line line) {
    return line.rows().values().stream()
        .mapToDouble(row -> row.rate() / whole(line))
        .max()
        .orElse(0);
  }

  private double legendWidth() {
    return 30 + impls.stream().mapToDouble(impl -> 30 + Svg.width(name(impl), TEXT)).sum() + 150;
  }

  private void legend(Svg svg) {
    double x = 16;
    for (String impl : impls) {
      svg.rect(x, 40, 12, 12, Palette.of(impl, peers));
      svg.text(x + 17, 50, name(impl), TEXT, Svg.INK, Anchor.START);
      x += 30 + Svg.width(name(impl), TEXT);
    }
    svg.line(x + 6, 39, x + 6, 53, Svg.INK, 1.6);
    svg.text(x + 14, 50, "limit", TEXT, Svg.INK, Anchor.START);
  }

  private static String name(String impl) {
    return impl.equals(Line.SIMD) ? "Lanewise SIMD" : impl;
  }
}
