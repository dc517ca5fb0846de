package dev.lanewise.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
  @TempDir Path folder;

  @Test
  void aRowIsWhatJmhWrote() {
    Row row =
        Measured.row("MatmulPeersBench.sgemm")
            .with("impl", "mkl")
            .with("threads", "2")
            .with("shape", "8x8x8-NN")
            .with("rule", "ADAM")
            .bits(256)
            .withoutSuperWord()
            .calls(50, 4)
            .counting("GFLOP", 30)
            .counting("GB", 3)
            .allocating(16)
            .row();
    assertEquals("Matmul", row.family());
    assertEquals("mkl", row.impl());
    assertEquals(2, row.threads());
    assertEquals("sgemm 8x8x8-NN rule=ADAM", row.subject());
    assertEquals(new Row.Vm(256, false), row.vm());
    assertEquals(0.02, row.seconds());
    assertEquals(0.08, row.relativeError());
    assertEquals(30, row.rate());
    assertEquals(10, row.intensity().orElseThrow());
    assertEquals(16, row.work().allocated());
    assertEquals(160, row.allocatedInIteration());
    assertEquals(
        "Matmul.sgemm 8x8x8-NN rule=ADAM, mkl without auto-vectorizer, 256 bits, 2 threads",
        row.key());
  }

  @Test
  void unitsBecomeSeconds() {
    Row row = Measured.row("MathBench.exp").unit("ops/ms").calls(3, 1).counting("GB", 0.004).row();
    assertEquals(3000, row.calls());
    assertEquals(1000, row.error());
    assertEquals(4, row.rate());
  }

  @Test
  void aCounterThatStayedZeroIsNone() {
    Row row = Measured.row("ConvBench.bias").counting("GFLOP", 0).counting("GB", 7).row();
    assertFalse(row.countsOperations());
    assertEquals("GB/s", row.unit());
  }

  @Test
  void callersTogetherCallMoreOftenThanOne() {
    Row row = Measured.fma(2, 400).calls(100, 1).row();
    assertEquals(0.02, row.seconds());
    assertEquals(2, row.threads());
  }

  @Test
  void aFileKeepsEverything() throws BenchException {
    Results results = new Measured().add(Measured.fma(1, 200), Measured.fma(2, 390)).results();
    results.addFailed("Matmul.sgemm, simd");
    Path file = folder.resolve("new").resolve("results.json");
    results.write(file);
    Results read = Results.read(file);
    assertEquals(results.rows(), read.rows());
    assertEquals(List.of("Matmul.sgemm, simd"), read.failed());
    assertEquals("abc, with changes", read.environment().get("commit"));
    read.write(file);
    assertEquals(results.rows(), Results.read(file).rows());
  }

  @Test
  void jmhsOwnFileCanBeRead() throws BenchException, IOException {
    Path file = folder.resolve("jmh.json");
    Files.writeString(file, new Measured().add(Measured.fma(1, 200)).json());
    assertEquals(200, Results.read(file).rows().getFirst().rate());
  }

  @Test
  void otherFilesAreRefusedInOneSentence() throws IOException {
    Path missing = folder.resolve("missing.json");
    assertEquals(
        missing + " does not exist",
        assertThrows(BenchException.class, () -> Results.read(missing)).getMessage());
    Path file = folder.resolve("other.json");
    for (String text :
        List.of(
            "",
            "{",
            "3",
            "[3]",
            "{\"results\": {}}",
            "{}",
            "[{}]",
            new Measured().add(Measured.fma(1, 2)).json().replace("thrpt", "avgt"),
            new Measured()
                .add(Measured.fma(1, 2))
                .json()
                .replace("\"forks\": 2", "\"forks\": \"x\""))) {
      Files.writeString(file, text);
      String said = assertThrows(BenchException.class, () -> Results.read(file), text).getMessage();
      assertTrue(said.startsWith(file + " does not hold results of JMH in JSON: "), said);
      assertEquals(1, said.lines().count(), said);
    }
  }
}
