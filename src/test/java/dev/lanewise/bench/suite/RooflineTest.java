package dev.lanewise.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RooflineTest {
  private static final Pattern NUMBER =
      Pattern.compile(
          "<text x='([0-9.]+)' y='([0-9.]+)' font-size='11' fill='#222222' text-anchor='middle'>[0-9]+</text>");

  @Test
  void numbersOfPointsThatLieCloseDoNotOverlap() {
    Measured measured = new Measured().add(Measured.fma(1, 200), Measured.triad(1, 600, 100));
    for (int i = 0; i < 24; i++) {
      // Four heaps of six points each, almost at the same place.
      double rate = 50 + 30 * (i % 4) + 0.1 * i;
      measured.add(
          Measured.row("MatmulBench.sgemm")
              .with("shape", i + "")
              .counting("GFLOP", rate)
              .counting("GB", rate / 30));
    }
    List<Row> rows = measured.rows();
    String svg = new Roofline(new Roofs(rows), rows.subList(2, rows.size()), 1).svg();
    List<double[]> places = new ArrayList<>();
    Matcher matcher = NUMBER.matcher(svg);
    while (matcher.find()) {
      places.add(
          new double[] {
            Double.parseDouble(matcher.group(1)), Double.parseDouble(matcher.group(2))
          });
    }
    assertEquals(24, places.size());
    for (int i = 0; i < places.size(); i++) {
      for (double[] other : places.subList(0, i)) {
        double[] one = places.get(i);
        boolean near = Math.abs(one[0] - other[0]) < 6 && Math.abs(one[1] - other[1]) < 9;
        assertFalse(near, one[0] + " " + one[1]);
      }
    }
  }
}
