package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.support.Rows;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** What happens to a block of finished chains: alpha, beta, and the way to C. */
final class SimdEpilogue {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  /** What is left of a row of chains and of the old C, one vector each. */
  private final float[] rest = new float[2 * L];

  /** As {@link GemmPart#store}. */
  void store(GemmPart part, int rows, int columns, float[] to, int at, int ld) {
    GemmCall x = part.x;
    float[] chains = part.tile.c;
    if (x.alpha == 1 && x.beta == 0) {
      if (!same(chains, to)) {
        Rows.copy(rows, columns, chains, part.chainsAt, part.tile.ldc, to, at, ld);
      }
      return;
    }
    int whole = VectorWidth.wholeVectors(columns);
    for (int i = 0; i < rows; i++) {
      int from = part.chainsAt + i * part.tile.ldc;
      int c = at + i * ld;
      row(x, whole, chains, from, to, c);
      if (whole < columns) {
        System.arraycopy(chains, from + whole, rest, 0, columns - whole);
        System.arraycopy(to, c + whole, rest, L, columns - whole);
        row(x, L, rest, 0, rest, L);
        System.arraycopy(rest, L, to, c + whole, columns - whole);
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // whether chains wait where they go
  private static boolean same(float[] chains, float[] to) {
    return chains == to;
  }

  private static void row(GemmCall x, int n, float[] chains, int from, float[] c, int at) {
    if (x.beta == 0) {
      scale(n, x.alpha, chains, from, c, at);
    } else {
      add(n, x.alpha, chains, from, x.beta, c, at);
    }
  }

  /** c = alpha · chain. */
  private static void scale(int n, float alpha, float[] chains, int from, float[] c, int at) {
    for (int j = 0; j < n; j += L) {
      FloatVector.fromArray(S, chains, from + j).mul(alpha).intoArray(c, at + j);
    }
  }

  /** c = fma(beta, c, alpha · chain). */
  private static void add(
      int n, float alpha, float[] chains, int from, float beta, float[] c, int at) {
    FloatVector factor = FloatVector.broadcast(S, beta);
    for (int j = 0; j < n; j += L) {
      FloatVector product = FloatVector.fromArray(S, chains, from + j).mul(alpha);
      factor.fma(FloatVector.fromArray(S, c, at + j), product).intoArray(c, at + j);
    }
  }
}
