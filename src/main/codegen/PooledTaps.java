/** Writes the one loop that is no tile: two output rows of a pooled first layer, nine taps each. */
final class PooledTaps {
  private final StringBuilder text = new StringBuilder();

  private PooledTaps() {}

  static String text() {
    return new PooledTaps().write();
  }

  private String write() {
    text.append(
        """
        // Written by src/main/codegen/PooledTaps.java: change that.
        package dev.lanewise.kernel.conv2d.special;

        import dev.lanewise.kernel.support.VectorWidth;
        import jdk.incubator.vector.FloatVector;
        import jdk.incubator.vector.IntVector;
        import jdk.incubator.vector.VectorMask;
        import jdk.incubator.vector.VectorOperators;
        import jdk.incubator.vector.VectorSpecies;

        /**
         * The weight gradient of a 3 × 3 convolution on one channel behind which 2 × 2 windows were
         * pooled: the inner loop over a row of windows, for 16 lanes.
         *
         * <p>Of a window's four outputs one has a gradient, another one in each lane. The 4 × 4
         * pixels under the window fill one register, from which each lane takes the pixel that its
         * winner's tap saw: 9 permutations and 18 multiplications instead of 36, and the gradient is
         * never spread. Registers: 18 accumulators (nine taps for each of two output rows), pixels,
         * their places, two gradients, one permuted vector, three constants: 26 of 32.
         */
        final class SimdPooledTaps {
          /** Pixels under a window: as many as this loop's vectors have lanes. */
          public static final int PIXELS = 16;

          /**
           * Accumulators that a row of windows leaves: nine taps of the upper outputs, nine of the
           * lower.
           */
          public static final int SUMS = 18;

          private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
          private static final VectorSpecies<Integer> INTS = VectorWidth.INTS;

          private SimdPooledTaps() {}

          /**
           * Computes the chains of the two output rows under a row of windows.
           *
           * @param pixels holds 16 pixels a window
           * @param pAt where the row's begin
           * @param at the row's first gradient and winner, counted from where these begin
           * @param sums takes {@link #SUMS} vectors
           */
          static void row(PooledCall c, float[] pixels, int pAt, int at, float[] sums) {
            float[] dy = c.dy;
            int[] argmax = c.argmax;
            int dyAt = c.dyAt + at;
            int argmaxAt = c.argmaxAt + at;
            int ld = c.filters;
            int windows = c.cols;
        """);
    for (int r = 0; r < 2; r++) {
      for (int t = 0; t < 9; t++) {
        line(2, "FloatVector %s = FloatVector.zero(S);", chain(r, t));
      }
    }
    text.append(
        """
            for (int ow = 0; ow < windows; ow++) {
              FloatVector g = FloatVector.fromArray(S, dy, dyAt + ow * ld);
              IntVector place = IntVector.fromArray(INTS, argmax, argmaxAt + ow * ld);
              FloatVector under = FloatVector.fromArray(S, pixels, pAt + ow * PIXELS);
              IntVector seen = under.reinterpretAsInts();
              VectorMask<Float> low = place.compare(VectorOperators.GT, 1).cast(S);
              FloatVector up = g.blend(0f, low);
              g = FloatVector.zero(S).blend(g, low);
              // The winners 0, 1, 2, 3 look first at the pixels 0, 1, 4, 5.
              place = place.add(place.and(2));
        """);
    for (int t = 0; t < 9; t++) {
      if (t > 0) {
        line(3, "place = place.add(%d);", t % 3 == 0 ? 2 : 1);
      }
      line(3, "%sx = place.selectFrom(seen).reinterpretAsFloats();", t == 0 ? "FloatVector " : "");
      line(3, "%s = x.fma(up, %s);", chain(0, t), chain(0, t));
      line(3, "%s = x.fma(g, %s);", chain(1, t), chain(1, t));
    }
    line(2, "}");
    for (int r = 0; r < 2; r++) {
      for (int t = 0; t < 9; t++) {
        line(2, "%s.intoArray(sums, %d * PIXELS);", chain(r, t), 9 * r + t);
      }
    }
    return text.append("  }\n}\n").toString();
  }

  /** The sum of tap {@code tap} for one of the two output rows. */
  private static String chain(int row, int tap) {
    return (row == 0 ? "t" : "b") + tap;
  }

  private void line(int depth, String format, Object... arguments) {
    text.append("  ".repeat(depth)).append(format.formatted(arguments)).append('\n');
  }
}
