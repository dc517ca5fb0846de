package dev.lanewise.kernel.conv2d;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ConvGeometryTest {
  /** Of three arrays that grow together the last cannot be had, or already the first. */
  @Test
  void isUsableAfterTapsThatNoMemoryHolds() {
    Conv2dShape small = Conv2dShape.valid(1, 3, 40, 1, 1, 2, 30);
    ConvGeometry g = new ConvGeometry();
    for (int share = 1; share <= 4; share++) {
      int taps = (int) Math.min(Runtime.getRuntime().maxMemory() / 4 / share, 1 << 30);
      Conv2dShape huge = Conv2dShape.valid(1, 1, taps, 1, 1, 1, taps);
      if (share < 4) { // three arrays of a quarter of the heap may just fit
        assertThrows(OutOfMemoryError.class, () -> g.forward(huge, 384));
      }
      g.forward(small, 384);
      assertEquals(60, g.taps);
      assertEquals(1, g.tapRow[59]);
      assertEquals(29, g.tapCol[59]);
      assertEquals(59, g.tapIndex[59]);
    }
  }
}
