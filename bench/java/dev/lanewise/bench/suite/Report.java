package dev.lanewise.bench.suite;

import dev.lanewise.cli.support.TextTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A suite's results as Markdown with pictures. */
final class Report {
  private final Results results;
  private final Roofs roofs;
  private final List<Line> lines;
  private final Map<String, byte[]> pictures = new LinkedHashMap<>();

  Report(Results results) {
    this.results = results;
    roofs = new Roofs(results.rows());
    lines = Line.of(results.rows());
  }

  /** Writes report.md and the pictures into a folder. */
  static void write(Results results, Path folder) throws BenchException {
    Report report = new Report(results);
    String text = report.markdown();
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("report.md"), text);
      for (Map.Entry<String, byte[]> picture : report.pictures.entrySet()) {
        Files.write(folder.resolve(picture.getKey()), picture.getValue());
      }
    } catch (IOException failure) {
      throw new BenchException("the report cannot be written to " + folder + ": " + failure);
    }
  }

  /** The text; the pictures that it names are made on the way. */
  String markdown() {
    StringBuilder out = new StringBuilder();
    out.append("# Benchmark report\n\n");
    out.append(
        "Made by the benchmark suite; [benchmarks.md](../benchmarks.md) says how to read it.\n\n");
    out.append(header());
    failures(out);
    out.append("\n## Limits\n\n").append(limits());
    for (int threads : threadCounts()) {
      roofline(out, threads);
    }
    Map<String, List<Line>> families =
        lines.stream()
            .collect(Collectors.groupingBy(Line::family, LinkedHashMap::new, Collectors.toList()));
    families.forEach((family, its) -> family(out, family, its));
    widths(out);
    return out.toString();
  }

  private String header() {
    TextTable table = new TextTable(List.of("measured", ""));
    results.environment().forEach((name, value) -> table.row(List.of(name, value)));
    table.row(
        List.of(
            "flags",
            String.join("; ", results.flags())
                + "; rows \"no auto-vectorizer\" also `"
                + Results.NO_SUPER_WORD
                + "`"));
    table.row(List.of("forks and iterations", efforts()));
    return table.markdown().replace("--:", "---");
  }

  private String efforts() {
    return results.rows().stream()
        .map(Row::effort)
        .distinct()
        .map(
            effort ->
                effort.forks()
                    + (effort.forks() == 1 ? " VM" : " VMs")
                    + " × ("
                    + effort.warmups()
                    + " × "
                    + effort.warmupTime()
                    + " warm-up + "
                    + effort.iterations()
                    + " × "
                    + effort.time()
                    + ")")
        .collect(Collectors.joining("; "));
  }

  private void failures(StringBuilder out) {
    if (!results.failed().isEmpty()) {
      out.append("\n**Without a figure, because their run failed:**\n\n");
      results.failed().forEach(row -> out.append("- ").append(row).append('\n'));
    }
    List<Row> noisy = results.rows().stream().filter(Row::noisy).toList();
    out.append("\nErrors are half of a 99.9 % interval over all iterations of all forks. ")
        .append(noisy.size())
        .append(" of ")
        .append(results.rows().size())
        .append(" rows have an error above 10 % and are marked")
        .append(Figures.NOISY)
        .append(".\n");
  }

  private List<Integer> threadCounts() {
    return results.rows().stream().map(Row::threads).distinct().sorted().toList();
  }

  private String limits() {
    TextTable table = new TextTable(List.of("limit", "rate", "error"));
    results.rows().stream()
        .filter(row -> row.family().equals("Roof"))
        .forEach(
            row ->
                table.row(
                    List.of(
                        (row.method().equals("fma")
                                ? "multiply-adds on registers"
                                : "triad, " + Figures.three(Roofs.kilobytes(row)) + " KB a thread")
                            + ", "
                            + threads(row.threads()),
                        Figures.three(row.rate()) + " " + row.unit(),
                        "± "
                            + Figures.percent(row.relativeError())
                            + (row.noisy() ? Figures.NOISY : ""))));
    return table.markdown();
  }

  private void roofline(StringBuilder out, int threads) {
    List<Row> points =
        lines.stream()
            .filter(line -> line.threads() == threads)
            .flatMap(line -> line.row(Line.SIMD).stream())
            .filter(row -> row.intensity().isPresent())
            .toList();
    if (!points.isEmpty() && roofs.fma(threads).isPresent()) {
      out.append('\n');
      picture(out, "Roofline", threads, () -> Pictures.roofline(roofs, points, threads));
    }
  }

  @FunctionalInterface
  private interface Picture {
    byte[] draw() throws IOException;
  }

  /** Adds a picture, or says why there is none: a Java without fonts cannot draw text. */
  private void picture(StringBuilder out, String title, int threads, Picture picture) {
    String name = title.toLowerCase(Locale.ROOT) + "-" + threads + ".png";
    try {
      pictures.put(name, picture.draw());
      out.append("![").append(title).append(", ").append(threads(threads));
      out.append("](").append(name).append(")\n");
    } catch (IOException | LinkageError | InternalError failed) {
      out.append("No picture, since this Java cannot draw text: ").append(failed).append('\n');
    }
  }

  private void family(StringBuilder out, String family, List<Line> its) {
    out.append("\n## ").append(family).append("\n\n");
    Map<String, List<Line>> units =
        its.stream()
            .collect(
                Collectors.groupingBy(
                    line -> line.main().unit(), LinkedHashMap::new, Collectors.toList()));
    units.forEach(
        (unit, some) ->
            out.append(new FamilyTable(some, roofs, scalars()).markdown()).append('\n'));
    for (int threads : threadCounts()) {
      List<Line> some = its.stream().filter(line -> line.threads() == threads).toList();
      if (!some.isEmpty()) {
        picture(out, family, threads, () -> Pictures.bars(family, some, roofs));
        out.append('\n');
      }
    }
  }

  /** The scalar twins' rates, by family and subject: they work on one thread only. */
  private Map<String, Row> scalars() {
    return lines.stream()
        .filter(line -> line.row(Line.SCALAR).isPresent())
        .collect(
            Collectors.toMap(
                line -> line.family() + " " + line.subject(),
                line -> line.rows().get(Line.SCALAR),
                (first, second) -> first));
  }

  /** SIMD rows that were measured at several vector widths. */
  private void widths(StringBuilder out) {
    Map<String, List<Row>> all = new LinkedHashMap<>();
    for (Row row : results.rows()) {
      if (row.impl().equals(Line.SIMD) && row.vm().superWord() && !row.family().equals("Roof")) {
        String key = row.family() + "." + row.subject() + ", " + threads(row.threads());
        all.computeIfAbsent(key, _ -> new ArrayList<>()).add(row);
      }
    }
    all.values().removeIf(rows -> rows.size() < 2);
    if (all.isEmpty()) {
      return;
    }
    List<Integer> widths =
        all.values().stream()
            .flatMap(List::stream)
            .map(row -> row.vm().bits())
            .distinct()
            .sorted((a, b) -> b - a)
            .toList();
    List<String> header = new ArrayList<>(List.of("row", "unit"));
    widths.forEach(width -> header.add(width + " bits"));
    TextTable table = new TextTable(header);
    all.forEach(
        (name, rows) -> {
          List<String> cells = new ArrayList<>(List.of(name, rows.getFirst().unit()));
          for (int width : widths) {
            cells.add(
                rows.stream()
                    .filter(row -> row.vm().bits() == width)
                    .map(Figures::rate)
                    .findFirst()
                    .orElse(Figures.NONE));
          }
          table.row(cells);
        });
    out.append("\n## Vector widths\n\n").append(table.markdown());
  }

  static String threads(int threads) {
    return threads + (threads == 1 ? " thread" : " threads");
  }
}
