package dev.lanewise.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Fork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTest {
  @TempDir Path folder;

  private static Fork.Result bench(String... arguments) {
    return Fork.java(List.of(Fork.VECTORS), "dev.lanewise.bench.suite.Bench", arguments);
  }

  @Test
  void filesAreComparedAndReported() throws Exception {
    Path file = folder.resolve("a.json");
    new Measured().add(Measured.fma(1, 200), Measured.triad(1, 600, 90)).results().write(file);
    Fork.Result compared = bench("compare", file.toString(), file.toString());
    assertEquals(0, compared.exitCode(), compared.err());
    assertTrue(compared.out().contains("No difference beyond the noise: 2"), compared.out());
    Fork.Result reported = bench("report", file.toString(), "--out", folder.toString());
    assertEquals(0, reported.exitCode(), reported.err());
    assertTrue(Files.readString(folder.resolve("report.md")).contains("| 200 GFLOP/s |"));
  }

  @Test
  void anUnreadableFileIsOneSentence() {
    String missing = folder.resolve("missing.json").toString();
    Fork.Result result = bench("compare", missing, missing);
    assertEquals(1, result.exitCode());
    assertEquals(missing + " does not exist", result.complaints());
  }
}
