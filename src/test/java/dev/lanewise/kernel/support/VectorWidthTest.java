package dev.lanewise.kernel.support;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.reduce.SimdReduce;
import dev.lanewise.testing.Teams;
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

  /** The width is read once; asking for another later is refused, not ignored. */
  @Test
  void cannotBeChanged() {
    assertEquals("", VectorWidth.refusal());
    String described = VectorWidth.describe();
    String other = VectorWidth.BITS == 64 ? "128" : "64";
    try {
      System.setProperty(VectorWidth.PROPERTY, other);
      IllegalStateException refused =
          assertThrows(IllegalStateException.class, () -> new SimdReduce(Teams.of(1)));
      assertEquals(
          "the vector width was read as "
              + VectorWidth.BITS
              + " bits and cannot be changed to '"
              + other
              + "' in this VM",
          refused.getMessage());
      assertEquals(described, VectorWidth.describe());
      System.setProperty(VectorWidth.PROPERTY, Integer.toString(VectorWidth.BITS));
      assertDoesNotThrow(VectorWidth::require);
    } finally {
      System.clearProperty(VectorWidth.PROPERTY);
    }
    assertDoesNotThrow(VectorWidth::require);
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
