package dev.lanewise.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  /** The SIMD twins' colour, and that of a roofline's first family. */
  private static final int BLUE = 0xff0072b2;

  @TempDir Path folder;

  private static Measured.One sgemm(String impl, int threads, double gflops) {
    return Measured.row(impl.equals("mkl") ? "MatmulPeersBench.sgemm" : "MatmulBench.sgemm")
        .with("impl", impl)
        .with("threads", Integer.toString(threads))
        .with("shape", "8x8x8-NN")
        .calls(gflops * 1000, gflops * 20)
        .counting("GFLOP", gflops)
        .counting("GB", gflops / 50);
  }

  private static Measured suite() {
    return new Measured()
        .add(
            Measured.fma(1, 200).allocating(100),
            Measured.fma(2, 400).allocating(100),
            Measured.triad(1, 600, 100),
            Measured.triad(2, 600, 180),
            sgemm("scalar", 1, 4),
            sgemm("scalar", 1, 2).withoutSuperWord(),
            sgemm("plain", 1, 5),
            sgemm("simd", 1, 150).allocating(0.01),
            sgemm("simd", 1, 80).bits(256),
            sgemm("simd", 1, 40).bits(128),
            sgemm("simd", 2, 300).allocating(4),
            sgemm("mkl", 1, 160),
            sgemm("mkl", 2, 310));
  }

  private static String line(String markdown, String start) {
    List<String> found = markdown.lines().filter(line -> line.startsWith(start)).toList();
    assertEquals(1, found.size(), start + " in " + markdown);
    return found.getFirst();
  }

  @Test
  void aLineHoldsAllImplementationsLimitAndRatio() {
    String markdown = new Report(suite().results()).markdown();
    assertEquals(
        "| GFLOP/s | threads | scalar, no auto-vectorizer | scalar | plain | **SIMD** | mkl"
            + " | SIMD: a call | of the limit | SIMD ÷ scalar | B a call | GB/s |",
        line(markdown, "| GFLOP/s"));
    assertEquals(
        "| sgemm 8x8x8-NN | 1 | 2.00 ± 2.0 % | 4.00 ± 2.0 % | 5.00 ± 2.0 % | 150 ± 2.0 %"
            + " | 160 ± 2.0 % | 6.67 µs | 75 % | 37.5 × | 0 | 3.00 |",
        line(markdown, "| sgemm 8x8x8-NN | 1"));
    assertEquals(
        "| sgemm 8x8x8-NN | 2 | – | – | – | 300 ± 2.0 % | 310 ± 2.0 % | 3.33 µs | 75 % | 75.0 ×"
            + " | 4 | 6.00 |",
        line(markdown, "| sgemm 8x8x8-NN | 2"));
  }

  @Test
  void flagsAreThoseOfTheVirtualMachines() {
    Measured measured = suite().add(sgemm("simd", 1, 7).flag("-XX:+UseTransparentHugePages"));
    assertEquals(
        "| flags | `--add-modules=jdk.incubator.vector`;"
            + " `--add-modules=jdk.incubator.vector -XX:+UseTransparentHugePages`;"
            + " rows \"no auto-vectorizer\" also `-XX:-UseSuperWord` |",
        line(new Report(measured.results()).markdown(), "| flags"));
  }

  @Test
  void widthsOfSeveralVirtualMachinesAreMerged() {
    String markdown = new Report(suite().results()).markdown();
    assertEquals("| row | unit | 512 bits | 256 bits | 128 bits |", line(markdown, "| row | unit"));
    assertEquals(
        "| Matmul.sgemm 8x8x8-NN, 1 thread | GFLOP/s | 150 ± 2.0 % | 80.0 ± 2.0 % | 40.0 ± 2.0 % |",
        line(markdown, "| Matmul.sgemm 8x8x8-NN, 1"));
    assertFalse(markdown.contains("| Matmul.sgemm 8x8x8-NN, 2"), "one width only");
  }

  @Test
  void noiseIsMarkedAboveTenPercent() {
    Measured measured =
        new Measured()
            .add(
                Measured.row("ReluBench.quiet").calls(100, 9.9).counting("GB", 7),
                Measured.row("ReluBench.noisy").calls(100, 10.1).counting("GB", 7),
                Measured.row("ReluBench.unknown").calls(100, Double.NaN).counting("GB", 7));
    String markdown = new Report(measured.results()).markdown();
    assertTrue(line(markdown, "| quiet").contains("| 7.00 ± 9.9 % |"), markdown);
    assertTrue(line(markdown, "| noisy").contains("| 7.00 ± 10 % ⚠ |"), markdown);
    assertTrue(line(markdown, "| unknown").contains("| 7.00 ⚠ |"), markdown);
    assertTrue(markdown.contains(" 2 of 3 rows have an error above 10 %"), markdown);
  }

  @Test
  void failuresAndTheMachineAreStated() {
    Results results = suite().results();
    results.addFailed("Matmul.sgemm 9x9x9-NN, simd");
    String markdown = new Report(results).markdown();
    assertEquals("- Matmul.sgemm 9x9x9-NN, simd", line(markdown, "- "));
    assertEquals("| processor | a processor |", line(markdown, "| processor"));
    assertEquals("| commit | abc, with changes |", line(markdown, "| commit"));
    assertEquals(
        "| forks and iterations | 2 VMs × (3 × 500 ms warm-up + 5 × 200 ms) |",
        line(markdown, "| forks"));
  }

  @Test
  void thePicturesOfTheTextExistAndShowTheRows() throws Exception {
    Measured measured = suite();
    for (int i = 0; i < 30; i++) { // more than a picture has room for, one of them far above
      measured.add(sgemm("simd", 1, 40 * i).with("shape", i + "x8x8-NN").with("rule", "R" + i));
    }
    Report.write(measured.results(), folder);
    String markdown = Files.readString(folder.resolve("report.md"));
    List<String> named =
        markdown
            .lines()
            .filter(line -> line.startsWith("!["))
            .map(line -> line.replaceFirst(".*\\((.*)\\)", "$1"))
            .sorted()
            .toList();
    assertEquals(
        List.of("matmul-1.png", "matmul-2.png", "roofline-1.png", "roofline-2.png"), named);
    for (String name : named) {
      BufferedImage picture = ImageIO.read(folder.resolve(name).toFile());
      int[] pixels =
          picture.getRGB(
              0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
      assertTrue(Arrays.stream(pixels).filter(rgb -> rgb == BLUE).count() > 20, name);
    }
  }
}
