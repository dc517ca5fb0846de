package dev.lanewise.bench.suite;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What changed from one suite's results to another's, beyond the noise. */
final class Comparison {
  /** A change below this share is none, however narrow the intervals are. */
  private static final double LEAST = 0.03;

  private record Change(String key, Row before, Row after) {
    double ratio() {
      return after.rate() / before.rate();
    }

    boolean beyondNoise() {
      double low = Math.max(before.calls() - before.error(), after.calls() - after.error());
      double high = Math.min(before.calls() + before.error(), after.calls() + after.error());
      // An unknown error makes this NaN, and no change.
      return low > high && Math.abs(after.calls() / before.calls() - 1) >= LEAST;
    }

    String line() {
      return String.format(
          Locale.ROOT,
          "  %+6.1f %%  %s: %s → %s",
          (ratio() - 1) * 100,
          key,
          Figures.rateWithError(before),
          Figures.rateWithError(after));
    }
  }

  private final List<Change> faster = new ArrayList<>();
  private final List<Change> slower = new ArrayList<>();
  private final List<String> appeared = new ArrayList<>();
  private final List<String> vanished = new ArrayList<>();
  private int same;

  Comparison(List<Row> before, List<Row> after) {
    Map<String, Row> old = byKey(before);
    Map<String, Row> now = byKey(after);
    now.forEach(
        (key, row) -> {
          if (old.containsKey(key)) {
            sort(new Change(key, old.get(key), row));
          } else {
            appeared.add(key);
          }
        });
    old.keySet().stream().filter(key -> !now.containsKey(key)).forEach(vanished::add);
    faster.sort(Comparator.comparingDouble(Change::ratio).reversed());
    slower.sort(Comparator.comparingDouble(Change::ratio));
  }

  private static Map<String, Row> byKey(List<Row> rows) {
    Map<String, Row> all = new LinkedHashMap<>();
    rows.forEach(row -> all.put(row.key(), row));
    return all;
  }

  private void sort(Change change) {
    if (!change.beyondNoise()) {
      same++;
    } else if (change.after.calls() > change.before.calls()) {
      faster.add(change);
    } else {
      slower.add(change);
    }
  }

  String text() {
    StringBuilder out = new StringBuilder();
    section(out, "Faster", faster.stream().map(Change::line).toList());
    section(out, "Slower", slower.stream().map(Change::line).toList());
    section(out, "Only in the second file", appeared.stream().map(key -> "  " + key).toList());
    section(out, "Only in the first file", vanished.stream().map(key -> "  " + key).toList());
    out.append("No difference beyond the noise: ").append(same).append('\n');
    return out.toString();
  }

  private static void section(StringBuilder out, String title, List<String> rows) {
    out.append(title).append(": ").append(rows.size()).append('\n');
    rows.forEach(row -> out.append(row).append('\n'));
  }
}
