package dev.lanewise.kernel.pool;

import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Bias, ReLU and 2 × 2 max-pooling with stride 2 in one pass.
 *
 * <p>The bias is added first, since its rounding can make two pixels equal. ReLU may wait until the
 * winner is known: if that is above 0 the same pixel wins after ReLU, and if it is not, ReLU makes
 * all four +0 and the first wins. A NaN wins and stays either way.
 *
 * @param bias one value a channel
 * @param biasOffset where they begin
 */
@SuppressWarnings("ArrayRecordComponent") // identity is all that is asked of it
record SimdBiasReluPairs(float[] bias, int biasOffset) implements MaxPoolTiles.Row {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final VectorSpecies<Integer> INTS = VectorWidth.INTS;

  @Override
  public void pool(
      Pool2dShape shape,
      int oh,
      int column,
      int channels,
      float[] x,
      int xOffset,
      int ldx,
      float[] y,
      int yOffset,
      int @Nullable [] taps,
      int tapsOffset) {
    if (taps == null) {
      throw new IllegalStateException("made without winners");
    }
    int width = shape.inWidth() / 2;
    int ldy = shape.channels();
    int top = xOffset + 2 * oh * shape.inWidth() * ldx;
    int bottom = top + shape.inWidth() * ldx;
    int b = biasOffset + column;
    int whole = VectorWidth.wholeVectors(channels);
    for (int c = 0; c < whole; c += LANES) {
      strip(
          width,
          bias,
          b + c,
          x,
          top + c,
          bottom + c,
          ldx,
          y,
          yOffset + c,
          ldy,
          taps,
          tapsOffset + c);
    }
    if (whole < channels) {
      elements(
          width,
          channels - whole,
          bias,
          b + whole,
          x,
          top + whole,
          bottom + whole,
          ldx,
          y,
          yOffset + whole,
          ldy,
          taps,
          tapsOffset + whole);
    }
  }

  /**
   * One vector of channels along a row of windows; {@link SimdWindows#replaces} written out, since
   * a helper that the compiler did not inline would make objects of its vectors.
   */
  private static void strip(
      int width,
      float[] bias,
      int b,
      float[] x,
      int top,
      int bottom,
      int ldx,
      float[] y,
      int yOffset,
      int ldy,
      int[] taps,
      int tapsOffset) {
    FloatVector add = FloatVector.fromArray(S, bias, b);
    for (int ow = 0; ow < width; ow++) {
      int left = 2 * ow * ldx;
      FloatVector best = FloatVector.fromArray(S, x, top + left).add(add);
      FloatVector v = FloatVector.fromArray(S, x, top + left + ldx).add(add);
      VectorMask<Float> m =
          best.compare(VectorOperators.EQ, best).andNot(v.compare(VectorOperators.LE, best));
      best = best.blend(v, m);
      IntVector tap = IntVector.zero(INTS).blend(1, m.cast(INTS));
      v = FloatVector.fromArray(S, x, bottom + left).add(add);
      m = best.compare(VectorOperators.EQ, best).andNot(v.compare(VectorOperators.LE, best));
      best = best.blend(v, m);
      tap = tap.blend(2, m.cast(INTS));
      v = FloatVector.fromArray(S, x, bottom + left + ldx).add(add);
      m = best.compare(VectorOperators.EQ, best).andNot(v.compare(VectorOperators.LE, best));
      best = best.blend(v, m);
      tap = tap.blend(3, m.cast(INTS));
      m = best.compare(VectorOperators.LE, 0f);
      best.blend(0f, m).intoArray(y, yOffset + ow * ldy);
      tap.blend(0, m.cast(INTS)).intoArray(taps, tapsOffset + ow * ldy);
    }
  }

  private static void elements(
      int width,
      int channels,
      float[] bias,
      int b,
      float[] x,
      int top,
      int bottom,
      int ldx,
      float[] y,
      int yOffset,
      int ldy,
      int[] taps,
      int tapsOffset) {
    for (int ow = 0; ow < width; ow++) {
      for (int c = 0; c < channels; c++) {
        int left = 2 * ow * ldx + c;
        float best = x[top + left] + bias[b + c];
        int tap = 0;
        for (int t = 1; t < 4; t++) {
          int at = (t < 2 ? top : bottom) + left + t % 2 * ldx;
          float v = x[at] + bias[b + c];
          if (SimdWindows.replaces(v, best)) {
            best = v;
            tap = t;
          }
        }
        y[yOffset + ow * ldy + c] = best <= 0 ? 0f : best;
        taps[tapsOffset + ow * ldy + c] = best <= 0 ? 0 : tap;
      }
    }
  }
}
