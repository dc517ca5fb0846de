package dev.lanewise.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static Measured.One row(String shape) {
    return Measured.row("MatmulBench.sgemm").with("shape", shape);
  }

  private static String compare(Measured before, Measured after) {
    return new Comparison(before.rows(), after.rows()).text();
  }

  private static String verdict(
      double before, double beforeError, double after, double afterError) {
    String text =
        compare(
            new Measured().add(row("8x8").calls(before, beforeError)),
            new Measured().add(row("8x8").calls(after, afterError)));
    return text.contains("Faster: 1") ? "faster" : text.contains("Slower: 1") ? "slower" : "same";
  }

  @Test
  void intervalsThatDoNotMeetAreAChange() {
    assertEquals("faster", verdict(100, 4, 110, 5));
    assertEquals("slower", verdict(110, 5, 100, 4));
    assertEquals("same", verdict(100, 5, 110, 5));
    assertEquals("same", verdict(100, 30, 110, 1));
    assertEquals("same", verdict(110, 1, 100, 30));
  }

  @Test
  void lessThanThreePercentIsNone() {
    assertEquals("same", verdict(100, 0.1, 102.9, 0.1));
    assertEquals("faster", verdict(100, 0.1, 103.1, 0.1));
    assertEquals("slower", verdict(100, 0.1, 96.9, 0.1));
    assertEquals("same", verdict(100, 0.1, 97.1, 0.1));
  }

  @Test
  void anUnknownErrorIsNoChange() {
    assertEquals("same", verdict(100, Double.NaN, 200, 1));
    assertEquals("same", verdict(100, 1, 50, Double.NaN));
  }

  @Test
  void everythingIsNamed() {
    Measured before =
        new Measured()
            .add(
                row("much").calls(100, 1).counting("GFLOP", 100),
                row("some").calls(100, 1).counting("GFLOP", 100),
                row("gone"),
                row("same"),
                row("slow").calls(100, 1).counting("GB", 10));
    Measured after =
        new Measured()
            .add(
                row("some").calls(120, 1).counting("GFLOP", 120),
                row("much").calls(200, 1).counting("GFLOP", 200),
                row("slow").calls(50, 1).counting("GB", 5),
                row("new").with("threads", "2"),
                row("same").bits(256),
                row("same"));
    assertEquals(
        """
        Faster: 2
          +100.0 %  Matmul.sgemm much, simd, 512 bits, 1 thread: 100 GFLOP/s ± 1.0 % → 200 GFLOP/s ± 0.5 %
           +20.0 %  Matmul.sgemm some, simd, 512 bits, 1 thread: 100 GFLOP/s ± 1.0 % → 120 GFLOP/s ± 0.8 %
        Slower: 1
           -50.0 %  Matmul.sgemm slow, simd, 512 bits, 1 thread: 10.0 GB/s ± 1.0 % → 5.00 GB/s ± 2.0 %
        Only in the second file: 2
          Matmul.sgemm new, simd, 512 bits, 2 threads
          Matmul.sgemm same, simd, 256 bits, 1 thread
        Only in the first file: 1
          Matmul.sgemm gone, simd, 512 bits, 1 thread
        No difference beyond the noise: 1
        """,
        compare(before, after));
  }
}
