package dev.lanewise.bench.suite;

import dev.lanewise.cli.support.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A family's table: a line for each method, shape and number of threads. */
final class FamilyTable {
  private final List<Line> lines;
  private final Roofs roofs;
  private final Map<String, Row> scalars;
  private final List<String> impls = new ArrayList<>();

  /**
   * @param lines lines of one family and one unit
   * @param roofs the limits
   * @param scalars the scalar twins' figures by family and subject
   */
  FamilyTable(List<Line> lines, Roofs roofs, Map<String, Row> scalars) {
    this.lines = lines;
    this.roofs = roofs;
    this.scalars = scalars;
    for (String impl : Line.OURS) {
      if (lines.stream().anyMatch(line -> line.row(impl).isPresent())) {
        impls.add(impl);
      }
    }
    impls.addAll(Line.peers(lines));
  }

  String markdown() {
    Row some = lines.getFirst().main();
    boolean bytesToo = some.intensity().isPresent();
    List<String> header = new ArrayList<>(List.of(some.unit(), "threads"));
    impls.forEach(impl -> header.add(impl.equals(Line.SIMD) ? "**SIMD**" : impl));
    header.addAll(List.of("SIMD: a call", "of the limit", "SIMD ÷ scalar", "B a call"));
    if (bytesToo) {
      header.add("GB/s");
    }
    TextTable table = new TextTable(header);
    for (Line line : lines) {
      List<String> cells = new ArrayList<>(List.of(line.subject(), "" + line.threads()));
      for (String impl : impls) {
        cells.add(line.row(impl).map(Figures::rate).orElse(Figures.NONE));
      }
      Optional<Row> simd = line.row(Line.SIMD);
      cells.add(simd.map(row -> Figures.time(row.seconds())).orElse(Figures.NONE));
      cells.add(simd.map(row -> Figures.percent(roofs.share(row))).orElse(Figures.NONE));
      cells.add(simd.map(row -> Figures.times(ratio(line, row))).orElse(Figures.NONE));
      cells.add(simd.map(row -> Figures.bytes(roofs.allocated(row))).orElse(Figures.NONE));
      if (bytesToo) {
        cells.add(simd.map(row -> Figures.three(row.work().gigabytes())).orElse(Figures.NONE));
      }
      table.row(cells);
    }
    return table.markdown();
  }

  /** How many times as fast as the scalar twin, which has one thread only. */
  private double ratio(Line line, Row simd) {
    Row scalar = scalars.get(line.family() + " " + line.subject());
    return scalar == null ? Double.NaN : simd.rate() / scalar.rate();
  }
}
