package dev.lanewise.kernel.reduce;

import dev.lanewise.kernel.reduce.ReduceCall.Adder;
import dev.lanewise.kernel.reduce.ReduceCall.Block;
import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.ScalarBlocks;
import java.util.Arrays;

/** The scalar twin: the definition of the reductions. Thread-safe. */
public final class ScalarReduce extends CheckedReduce {
  /** Builds the scalar twin. */
  public ScalarReduce() {
    super(null);
  }

  @Override
  Block block(Rule rule) {
    return switch (rule) {
      case SUM -> (n, x, xo, y, yo, lanes) -> ScalarBlocks.sum(n, x, xo, lanes);
      case ABSOLUTE_SUM -> (n, x, xo, y, yo, lanes) -> absoluteSum(n, x, xo, lanes);
      case DOT -> ScalarBlocks::dot;
      case NORM_IN_DOUBLE -> (n, x, xo, y, yo, lanes) -> norm(n, x, xo, lanes);
      case MAX -> (n, x, xo, y, yo, lanes) -> ScalarBlocks.max(n, x, xo);
      case ABSOLUTE_MAX -> (n, x, xo, y, yo, lanes) -> absoluteMax(n, x, xo);
    };
  }

  private static float absoluteSum(int n, float[] x, int xo, Lanes lanes) {
    float[] sums = lanes.ofBlock();
    Arrays.fill(sums, 0f);
    for (int i = 0; i < n; i++) {
      sums[i % LANES] += Math.abs(x[xo + i]);
    }
    return Lanes.fold(sums);
  }

  private static double norm(int n, float[] x, int xo, Lanes lanes) {
    double[] sums = lanes.ofBlockInDouble();
    Arrays.fill(sums, 0.0);
    for (int i = 0; i < n; i++) {
      double value = x[xo + i];
      sums[i % LANES] += value * value;
    }
    return Lanes.fold(sums);
  }

  private static float absoluteMax(int n, float[] x, int xo) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, Math.abs(x[xo + i]));
    }
    return max;
  }

  @Override
  int place(boolean absolute, int n, float[] x, int xo) {
    int best = 0;
    for (int i = 1; i < n; i++) {
      float value = absolute ? Math.abs(x[xo + i]) : x[xo + i];
      float largest = absolute ? Math.abs(x[xo + best]) : x[xo + best];
      if (value > largest || (Float.isNaN(value) && !Float.isNaN(largest))) {
        best = i;
      }
    }
    return best;
  }

  @Override
  Adder adder() {
    return ScalarReduce::add;
  }

  private static void add(int rows, int n, float[] x, int xo, int ld, float[] sums, int so) {
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < n; j++) {
        sums[so + r * n + j] += x[xo + r * ld + j];
      }
    }
  }
}
