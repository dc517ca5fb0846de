package dev.lanewise.kernel.loss;

import dev.lanewise.cases.FamilyTwins;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Teams;
import net.jqwik.api.Example;

class SoftmaxTwinTest extends FamilyTwins {
  /** FR-24: each special value alone at each position of short rows. */
  @Example
  void specialsAtEveryPosition() {
    Softmax simd = new SimdSoftmax(Teams.of(1));
    for (int n = 1; n <= 40; n++) {
      for (float special : Fill.specials()) {
        // Row i has the special value at position i.
        float[] x = Fill.gaussian(n, n * n);
        for (int i = 0; i < n; i++) {
          x[i * n + i] = special;
        }
        int[] labels = Fill.labels(n, n, n);
        float[][] outputs = new float[6][];
        int at = 0;
        for (Softmax twin : new Softmax[] {new ScalarSoftmax(), simd}) {
          float[] y = new float[n * n];
          twin.softmax(n, n, x, 0, n, y, 0, n);
          outputs[at++] = y;
          float[] z = new float[n * n];
          twin.logSoftmax(n, n, x, 0, n, z, 0, n);
          outputs[at++] = z;
          float[] dx = new float[n * n + n];
          twin.backwardCrossEntropy(n, n, x, 0, n, labels, 0, dx, n * n, 1f, dx, 0, n);
          outputs[at++] = dx;
        }
        Bits.assertSame(special + " in softmax of " + n, outputs[0], outputs[3]);
        Bits.assertSame(special + " in log-softmax of " + n, outputs[1], outputs[4]);
        Bits.assertSame(special + " in cross-entropy of " + n, outputs[2], outputs[5]);
      }
    }
  }
}
