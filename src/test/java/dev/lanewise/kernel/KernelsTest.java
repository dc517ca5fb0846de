package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.kernel.pointwise.Activation;
import dev.lanewise.kernel.pointwise.ScalarPointwise;
import dev.lanewise.kernel.pointwise.SimdPointwise;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twins;
import org.junit.jupiter.api.Test;

/** A set of kernels is of one kind throughout. */
class KernelsTest {
  private static void refused(String message, Kernels kernels, Activation activation) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> Twins.with(kernels, activation))
            .getMessage());
  }

  @Test
  void sayWhatTheyAre() {
    assertEquals("scalar kernels on 1 thread", Kernels.scalar().toString());
    assertEquals(
        "SIMD kernels with vectors of " + VectorWidth.BITS + " bits on 2 threads",
        Twins.simd(Teams.of(2)).toString());
  }

  @Test
  void familiesAgree() {
    Kernels simd = Twins.simd(Teams.of(2));
    int bits = VectorWidth.BITS;
    assertEquals(simd, Twins.with(simd, "activation", simd.activation()));
    assertEquals(bits, simd.vectorBits());
    assertEquals(2, simd.threads());
    refused(
        "activation has vectors of 0 bits and 1 thread(s), but matmul has vectors of "
            + bits
            + " bits and 2 thread(s)",
        simd,
        new ScalarPointwise());
    refused(
        "activation has vectors of "
            + bits
            + " bits and 3 thread(s), but matmul has vectors of "
            + bits
            + " bits and 2 thread(s)",
        simd,
        new SimdPointwise(Teams.of(3)));
  }
}
