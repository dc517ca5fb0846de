package dev.lanewise.kernel.support;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What holds in a VM that was not asked for a width; the twin tests run at each of them. */
class VectorWidthTest {
  @Test
  void isTheMachinesOwn() {
    assertEquals("", VectorWidth.refusal());
    assertDoesNotThrow(VectorWidth::require);
    assertEquals(VectorWidth.PREFERRED_BITS, VectorWidth.BITS);
    assertTrue(VectorWidth.BITS <= VectorWidth.MACHINE_BITS);
    assertTrue(Set.of(64, 128, 256, 512).contains(VectorWidth.BITS));
  }

  @Test
  void speciesFitTheWidth() {
    assertEquals(VectorWidth.BITS, VectorWidth.FLOATS.vectorBitSize());
    assertEquals(VectorWidth.LANES, VectorWidth.FLOATS.length());
    assertEquals(VectorWidth.LANES, VectorWidth.INTS.length());
    assertArrayEquals(
        IntStream.range(0, VectorWidth.LANES).toArray(), VectorWidth.iota().toArray());
  }

  @Test
  void wholeVectors() {
    int lanes = VectorWidth.LANES;
    assertEquals(0, VectorWidth.wholeVectors(0));
    assertEquals(0, VectorWidth.wholeVectors(lanes - 1));
    assertEquals(lanes, VectorWidth.wholeVectors(lanes));
    assertEquals(3 * lanes, VectorWidth.wholeVectors(4 * lanes - 1));
  }
}
