package dev.lanewise.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.bench.suite.Row.Vm;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

class SelectionTest {
  private static final Vm VM = new Vm(512, true);

  /** Without peers, which are there only in their profile. */
  private static final List<Planned> ALL =
      Planned.all(
              OutputFormatFactory.createFormatInstance(
                  new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                  VerboseMode.SILENT),
              VM)
          .stream()
          .filter(row -> !row.benchmark().contains("PeersBench"))
          .toList();

  private static Planned planned(String benchmark, String... params) {
    Map<String, String> all = new TreeMap<>();
    for (int i = 0; i < params.length; i += 2) {
      all.put(params[i], params[i + 1]);
    }
    return new Planned("dev.lanewise.bench." + benchmark, new TreeMap<>(all), 1, VM);
  }

  private static List<String> keys(List<Planned> rows) {
    return rows.stream().map(row -> row.unmeasured().key()).toList();
  }

  @Test
  void aRuleFitsWholeNamesAndValues() {
    Planned row = planned("MatmulPeersBench.sgemm", "impl", "mkl", "shape", "8x8x8-NN");
    assertTrue(Rule.of("Matmul.sgemm").fits(row));
    assertTrue(Rule.of("Mat.*").fits(row));
    assertTrue(Rule.of("Matmul.sgemm impl=mkl|openblas shape=8.*").fits(row));
    assertFalse(Rule.of("Matmul.sge").fits(row));
    assertFalse(Rule.of("Matmul.sgemm shape=8x8").fits(row));
    assertFalse(Rule.of("Matmul.sgemm impl=openblas shape=8.*").fits(row));
    assertFalse(Rule.of("Matmul.sgemm n=8").fits(row));
  }

  @Test
  void everyRuleMeansARowThatExists() {
    Stream.of(Selection.QUICK, Selection.LEFT_OUT, Selection.WIDTHS, Selection.SLOW_TO_COMPILE)
        .flatMap(List::stream)
        .forEach(
            rule -> assertTrue(ALL.stream().anyMatch(rule::fits), rule + " fits no benchmark"));
  }

  @Test
  void everyMethodIsInTheFullSuite() {
    List<String> chosen =
        new Selection(true, 512, 2)
            .choose(ALL).stream().map(Planned::benchmark).distinct().sorted().toList();
    assertEquals(ALL.stream().map(Planned::benchmark).distinct().sorted().toList(), chosen);
  }

  @Test
  void everyFamilyIsInTheQuickSuite() {
    List<String> chosen = families(new Selection(false, 512, 2).choose(ALL));
    assertEquals(families(ALL), chosen);
  }

  private static List<String> families(List<Planned> rows) {
    return rows.stream().map(row -> row.unmeasured().family()).distinct().sorted().toList();
  }

  @Test
  void theSuitesKeepTheirTime() {
    Duration quick = Pace.estimate(new Selection(false, 512, 2).choose(ALL), false);
    assertTrue(quick.compareTo(Duration.ofMinutes(5)) < 0, quick.toString());
    Duration full = Pace.estimate(new Selection(true, 512, 2).choose(ALL), true);
    assertTrue(full.compareTo(Duration.ofMinutes(50)) < 0, full.toString());
  }

  @Test
  void roofsComeFirstOnceForEachNumberOfThreads() {
    List<Planned> rows = List.of(planned("XBench.exp", "impl", "simd"), planned("RoofBench.fma"));
    assertEquals(
        List.of(
            "Roof.fma, simd, 512 bits, 1 thread",
            "Roof.fma, simd, 512 bits, 2 threads",
            "X.exp, simd, 512 bits, 1 thread"),
        keys(new Selection(true, 512, 2).choose(rows)));
    assertEquals(
        List.of("Roof.fma, simd, 512 bits, 1 thread", "X.exp, simd, 512 bits, 1 thread"),
        keys(new Selection(true, 512, 1).choose(rows)));
  }

  @Test
  void loopsHaveOneThreadAndThereAreNoMoreThanProcessors() {
    List<Planned> rows =
        List.of(
            planned("XBench.y", "impl", "plain", "threads", "1"),
            planned("XBench.y", "impl", "plain", "threads", "2"),
            planned("XBench.y", "impl", "simd", "threads", "2"));
    assertEquals(
        List.of("X.y, plain, 512 bits, 1 thread", "X.y, simd, 512 bits, 2 threads"),
        keys(new Selection(true, 512, 2).choose(rows)));
    assertEquals(
        List.of("X.y, plain, 512 bits, 1 thread"), keys(new Selection(true, 512, 1).choose(rows)));
  }

  @Test
  void chosenRowsAreMeasuredWithOtherVirtualMachinesToo() {
    String[] simd = {"impl", "simd", "threads", "1", "shape", "512x512x512-NN"};
    String[] scalar = {"impl", "scalar", "threads", "1", "shape", "512x512x512-NN"};
    List<Planned> rows =
        List.of(planned("MatmulBench.sgemm", simd), planned("MatmulBench.sgemm", scalar));
    assertEquals(
        List.of(
            "Matmul.sgemm 512x512x512-NN, simd, 512 bits, 1 thread",
            "Matmul.sgemm 512x512x512-NN, simd, 256 bits, 1 thread",
            "Matmul.sgemm 512x512x512-NN, simd, 128 bits, 1 thread",
            "Matmul.sgemm 512x512x512-NN, scalar, 512 bits, 1 thread",
            "Matmul.sgemm 512x512x512-NN, scalar without auto-vectorizer, 512 bits, 1 thread"),
        keys(new Selection(true, 512, 2).choose(rows)));
    assertEquals(3, new Selection(false, 256, 2).choose(rows).size(), "quick: one width");
    assertEquals(
        4, new Selection(true, 256, 2).choose(rows).size(), "a machine's own width and narrower");
  }
}
