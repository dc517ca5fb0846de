package dev.lanewise.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class RoofsTest {
  private static final Roofs ROOFS =
      new Roofs(
          new Measured()
              .add(
                  Measured.fma(1, 200),
                  Measured.fma(2, 390),
                  Measured.triad(1, 24000, 25),
                  Measured.triad(1, 600, 100),
                  Measured.triad(1, 6000, 50),
                  Measured.triad(2, 600, 190),
                  Measured.triad(2, 6000, 90))
              .rows());

  private static Row moving(double megabytes, int threads) {
    return Measured.row("ReluBench.relu")
        .with("threads", Integer.toString(threads))
        .calls(1000, 1)
        .counting("GB", megabytes)
        .row();
  }

  @Test
  void operationsStandUnderTheMultiplyAddsOfAsManyThreads() {
    Measured.One sgemm = Measured.row("MatmulBench.sgemm").counting("GFLOP", 150);
    assertEquals(0.75, ROOFS.share(sgemm.row()));
    assertEquals(150 / 390.0, ROOFS.share(sgemm.with("threads", "2").row()));
  }

  @Test
  void operationsOnFewBytesStandUnderWhatTheBytesAllow() {
    // 10 MB a call: the triad of 25 GB/s, 4 operations a byte.
    Measured.One gemv = Measured.row("GemvBench.gemv").calls(1, 0);
    Row row = gemv.counting("GFLOP", 0.04).counting("GB", 0.01).row();
    assertEquals(100, ROOFS.limit(row).orElseThrow());
    // 0.1 MB a call, 40 operations a byte.
    Measured.One gemm = Measured.row("GemvBench.gemm").calls(1, 0);
    Row dense = gemm.counting("GFLOP", 4e-3).counting("GB", 1e-4).row();
    assertEquals(200, ROOFS.limit(dense).orElseThrow());
  }

  @Test
  void bytesStandUnderTheSmallestTriadThatHoldsThem() {
    assertEquals(100, ROOFS.limit(moving(0.1, 1)).orElseThrow());
    assertEquals(100, ROOFS.limit(moving(0.6, 1)).orElseThrow());
    assertEquals(50, ROOFS.limit(moving(0.7, 1)).orElseThrow());
    assertEquals(25, ROOFS.limit(moving(6.1, 1)).orElseThrow());
    assertEquals(25, ROOFS.limit(moving(1000, 1)).orElseThrow());
    assertEquals(0.7 / 50, ROOFS.share(moving(0.7, 1)));
  }

  @Test
  void threadsShareTheBytes() {
    assertEquals(190, ROOFS.limit(moving(1.1, 2)).orElseThrow());
    assertEquals(90, ROOFS.limit(moving(1.3, 2)).orElseThrow());
  }

  @Test
  void withoutRoofsThereIsNoLimit() {
    Roofs none = new Roofs(List.of());
    assertTrue(none.limit(moving(1, 1)).isEmpty());
    assertTrue(Double.isNaN(none.share(moving(1, 1))));
    assertTrue(ROOFS.limit(moving(1, 4)).isEmpty());
  }

  @Test
  void whatJmhAllocatesIsNotTheKernels() {
    // The roof's iterations of 0.2 s allocate 100 · 0.2 · 300 = 6000 bytes.
    Roofs roofs = new Roofs(new Measured().add(Measured.fma(1, 200).allocating(300)).rows());
    assertEquals(0, roofs.allocated(Measured.row("A.b").calls(10, 1).allocating(6000).row()));
    assertEquals(6001, roofs.allocated(Measured.row("A.b").calls(10, 1).allocating(6001).row()));
  }
}
