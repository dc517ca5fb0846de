package dev.lanewise.kernel.pointwise;

import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.math.CounterRandom;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.pointwise.PointwiseCall.Loop;
import dev.lanewise.kernel.support.Rows;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The four pointwise families with the Vector API: one loop a body. */
public final class SimdPointwise extends CheckedPointwise {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  /**
   * Rows that are walked together. A strip of columns, one vector wide, runs down them with its
   * bias in a register; few enough rows that wide matrices find their lines and pages again.
   */
  private static final int ROWS = 16;

  /**
   * The bytes that are loaded at once: one for each lane, or eight where there are fewer lanes, of
   * which the first are used (no vector is shorter).
   */
  private static final VectorSpecies<Byte> BYTES =
      LANES == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

  /** What is done with a strip of columns. */
  private interface Strip {
    /** Computes {@code rows} vectors of y from as many of x, and one of a bias. */
    void run(float[] x, int xo, int ldx, float[] b, int bo, float[] y, int yo, int ldy, int rows);
  }

  /**
   * Builds the SIMD twin without asking whether this machine should use it.
   *
   * @param team divides large calls; the result does not depend on it
   * @throws IllegalStateException if the requested vector width cannot be had
   */
  public SimdPointwise(Team team) {
    super(team);
  }

  @Override
  Loop loop(Body body) {
    return switch (body) {
      case ADD_BIAS -> SimdPointwise::addBias;
      case ADD_BIAS_RELU -> SimdPointwise::addBiasRelu;
      case RELU_ROWS -> SimdPointwise::reluRows;
      case RELU -> SimdPointwise::relu;
      case RELU_GRADIENT -> SimdPointwise::reluGradient;
      case NONLINEARITY -> SimdNonlinearity::value;
      case NONLINEARITY_GRADIENT -> SimdNonlinearity::gradient;
      case SCALE -> SimdPointwise::scale;
      case ADD -> SimdPointwise::add;
      case SUBTRACT -> SimdPointwise::subtract;
      case MULTIPLY -> SimdPointwise::multiply;
      case DIVIDE -> SimdPointwise::divide;
      case PRELU -> SimdPointwise::prelu;
      case AXPY -> SimdPointwise::axpy;
      case CLIP -> SimdPointwise::clip;
      case ONE_HOT -> SimdPointwise::oneHot;
      case BYTES_TO_UNIT -> SimdPointwise::bytesToUnit;
      case DROPOUT -> SimdPointwise::dropout;
    };
  }

  private static void addBias(PointwiseCall c, int from, int to, Scratch scratch) {
    strips(c, from, to, scratch, SimdPointwise::biasStrip);
  }

  private static void addBiasRelu(PointwiseCall c, int from, int to, Scratch scratch) {
    strips(c, from, to, scratch, SimdPointwise::biasReluStrip);
  }

  private static void reluRows(PointwiseCall c, int from, int to, Scratch scratch) {
    strips(c, from, to, scratch, SimdPointwise::reluStrip);
  }

  /** Blocks of rows, strip by strip; columns that fill no vector go through scratch memory. */
  private static void strips(PointwiseCall c, int from, int to, Scratch scratch, Strip strip) {
    int whole = VectorWidth.wholeVectors(c.columns);
    int rest = c.columns - whole;
    float[] t = scratch.floats(0, ROWS * LANES);
    float[] b = scratch.floats(1, LANES);
    PointwiseCall.copy(rest, c.b, c.bo + whole, b, 0);
    for (int i = from; i < to; i += ROWS) {
      int rows = Math.min(ROWS, to - i);
      int xo = c.xo + i * c.ldx;
      int yo = c.yo + i * c.ldy;
      for (int j = 0; j < whole; j += LANES) {
        strip.run(c.x, xo + j, c.ldx, c.b, c.bo + j, c.y, yo + j, c.ldy, rows);
      }
      if (rest > 0) {
        Rows.copy(rows, rest, c.x, xo + whole, c.ldx, t, 0, LANES);
        strip.run(t, 0, LANES, b, 0, t, 0, LANES, rows);
        Rows.copy(rows, rest, t, 0, LANES, c.y, yo + whole, c.ldy);
      }
    }
  }

  private static void biasStrip(
      float[] x, int xo, int ldx, float[] b, int bo, float[] y, int yo, int ldy, int rows) {
    FloatVector bias = FloatVector.fromArray(S, b, bo);
    for (int i = 0; i < rows; i++) {
      FloatVector.fromArray(S, x, xo + i * ldx).add(bias).intoArray(y, yo + i * ldy);
    }
  }

  private static void biasReluStrip(
      float[] x, int xo, int ldx, float[] b, int bo, float[] y, int yo, int ldy, int rows) {
    FloatVector bias = FloatVector.fromArray(S, b, bo);
    for (int i = 0; i < rows; i++) {
      FloatVector v = FloatVector.fromArray(S, x, xo + i * ldx).add(bias);
      v.blend(0f, v.compare(VectorOperators.LE, 0f)).intoArray(y, yo + i * ldy);
    }
  }

  private static void reluStrip(
      float[] x, int xo, int ldx, float[] b, int bo, float[] y, int yo, int ldy, int rows) {
    for (int i = 0; i < rows; i++) {
      FloatVector v = FloatVector.fromArray(S, x, xo + i * ldx);
      v.blend(0f, v.compare(VectorOperators.LE, 0f)).intoArray(y, yo + i * ldy);
    }
  }

  private static void relu(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += LANES) {
      FloatVector x = load(c.x, c.xo + i);
      x.blend(0f, x.compare(VectorOperators.LE, 0f)).intoArray(c.y, c.yo + i);
    }
  }

  private static void reluGradient(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += LANES) {
      FloatVector y = load(c.x, c.xo + i);
      FloatVector dx = load(c.b, c.bo + i).mul(c.p1);
      FloatVector.zero(S).blend(dx, y.compare(VectorOperators.GT, 0f)).intoArray(c.y, c.yo + i);
    }
  }

  private static void scale(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += LANES) {
      load(c.x, c.xo + i).mul(c.p1).intoArray(c.y, c.yo + i);
    }
  }

  private static void add(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += LANES) {
      load(c.x, c.xo + i).add(load(c.b, c.bo + i)).intoArray(c.y, c.yo + i);
    }
  }

  private static void subtract(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += LANES) {
      load(c.x, c.xo + i).sub(load(c.b, c.bo + i)).intoArray(c.y, c.yo + i);
    }
  }

  private static void multiply(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += LANES) {
      load(c.x, c.xo + i).mul(load(c.b, c.bo + i)).intoArray(c.y, c.yo + i);
    }
  }

  private static void divide(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += LANES) {
      load(c.x, c.xo + i).div(load(c.b, c.bo + i)).intoArray(c.y, c.yo + i);
    }
  }

  private static void prelu(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += LANES) {
      FloatVector x = load(c.x, c.xo + i);
      FloatVector low = load(c.b, c.bo + i).mul(x);
      low.blend(x, x.compare(VectorOperators.GT, 0f)).intoArray(c.y, c.yo + i);
    }
  }

  private static void axpy(PointwiseCall c, int from, int to, Scratch scratch) {
    FloatVector alpha = FloatVector.broadcast(S, c.p1);
    for (int i = from; i < to; i += LANES) {
      load(c.x, c.xo + i).fma(alpha, load(c.b, c.bo + i)).intoArray(c.y, c.yo + i);
    }
  }

  private static void clip(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += LANES) {
      FloatVector x = load(c.x, c.xo + i);
      FloatVector y = x.blend(c.p1, x.compare(VectorOperators.LT, c.p1));
      y.blend(c.p2, x.compare(VectorOperators.GT, c.p2)).intoArray(c.y, c.yo + i);
    }
  }

  private static void oneHot(PointwiseCall c, int from, int to, Scratch scratch) {
    Arrays.fill(c.y, c.yo + from * c.ldy, c.yo + to * c.ldy, 0f);
    for (int i = from; i < to; i++) {
      c.y[c.yo + i * c.ldy + c.labels[c.xo + i]] = 1f;
    }
  }

  private static void bytesToUnit(PointwiseCall c, int from, int to, Scratch scratch) {
    // C2 does not know the conversion to two lanes, and would box every vector.
    int last = LANES == 2 ? -1 : to - BYTES.length();
    int i = from;
    for (; i <= last; i += LANES) {
      ByteVector.fromArray(BYTES, c.bytes, c.xo + i)
          .convertShape(VectorOperators.ZERO_EXTEND_B2I, VectorWidth.INTS, 0)
          .convert(VectorOperators.I2F, 0)
          .reinterpretAsFloats()
          .div(255f)
          .intoArray(c.y, c.yo + i);
    }
    for (; i < to; i++) {
      c.y[c.yo + i] = (c.bytes[c.xo + i] & 255) / 255f;
    }
  }

  /**
   * {@link CounterRandom#bits} in every lane, and a select.
   *
   * <p>One loop with the generator written out: more than the 325 bytecodes up to which C2 inlines
   * a hot method. Inlined into a chain of tile consumers the loop would run out of C2's node
   * budget, and its vectors would stay boxed.
   */
  private static void dropout(PointwiseCall c, int from, int to, Scratch scratch) {
    // (first + lane) · multiplier + low, with the product of the lane hoisted out of the loop
    IntVector lanes = VectorWidth.iota().mul(CounterRandom.INDEX_MULTIPLIER);
    IntVector multiplier1 = IntVector.broadcast(VectorWidth.INTS, CounterRandom.MULTIPLIER_1);
    IntVector multiplier2 = IntVector.broadcast(VectorWidth.INTS, CounterRandom.MULTIPLIER_2);
    IntVector threshold = IntVector.broadcast(VectorWidth.INTS, c.threshold);
    FloatVector scale = FloatVector.broadcast(S, c.p1);
    IntVector high = IntVector.broadcast(VectorWidth.INTS, (int) (c.key >>> 32));
    int low = (int) c.key;
    int first = c.index;
    float[] x = c.x;
    int xo = c.xo;
    float[] y = c.y;
    int yo = c.yo;
    for (int i = from; i < to; i += LANES) {
      IntVector h = lanes.add((first + i) * CounterRandom.INDEX_MULTIPLIER + low);
      h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16)).mul(multiplier1);
      h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 15)).mul(multiplier2);
      h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 15)).add(high);
      h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16)).mul(multiplier1);
      h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 15)).mul(multiplier2);
      h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 15));
      VectorMask<Float> dropped = h.compare(VectorOperators.ULT, threshold).cast(S);
      load(x, xo + i).mul(scale).blend(0f, dropped).intoArray(y, yo + i);
    }
  }

  private static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(S, array, at);
  }
}
