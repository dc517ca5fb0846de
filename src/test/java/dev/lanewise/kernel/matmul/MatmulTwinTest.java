package dev.lanewise.kernel.matmul;

import dev.lanewise.cases.FamilyTwins;
import dev.lanewise.cases.MatmulCases.Product;
import dev.lanewise.cases.MatmulCases.Values;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.Calls;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Teams;
import net.jqwik.api.Example;

class MatmulTwinTest extends FamilyTwins {
  /** A product inside a job of its own team: one thread runs all parts in turn. */
  @Example
  void partsRunByOneThread() {
    for (int threads : Teams.sizes()) {
      Product one = Product.of(13, 256, 900, 0, threads).zeros(70, Values.GAUSSIAN);
      Teams.of(threads).run(1, (part, scratch) -> Calls.assertTwins(one));
    }
  }

  /** Field report FR-08: every size from 1 to 19 and all transposes, packed and unpacked. */
  @Example
  void smallSizes() {
    for (int m = 1; m <= 19; m++) {
      for (int n = 1; n <= 19; n++) {
        for (int k = 1; k <= 19; k++) {
          Product one = Product.of(m, n, k, (m + n + k) % 2, 1 + (m + k) % 3);
          for (int trans = 0; trans < 4; trans++) {
            Repro.run(getClass(), one.trans(trans % 2 != 0, trans > 1), Calls::assertTwins);
          }
        }
      }
    }
  }

  /** Without terms A has no element that could be looked at, however small a product may be. */
  @Example
  void noTermsToLookAt() {
    for (int blocking = 0; blocking <= 3; blocking++) {
      Product one = Product.of(200, 8 * VectorWidth.LANES, 0, blocking, 1);
      Calls.assertTwins(one);
      Calls.assertTwins(one.trans(true, false));
    }
  }
}
