package dev.lanewise.kernel.loss;

import static dev.lanewise.kernel.loss.CheckedNormalization.Step.*;

import dev.lanewise.kernel.parallel.AbstractKernel;
import dev.lanewise.kernel.parallel.Call;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Checks the arguments of layer normalization; each method is a list of steps over a row, for which
 * the twins have a loop each.
 */
abstract class CheckedNormalization extends AbstractKernel<CheckedNormalization.Arguments>
    implements Normalization {
  /** What a twin has a loop for; names are those of {@link Row}. */
  enum Step {
    /** mean = the sum of h / n. */
    MEAN,
    /** h = h − mean. */
    DIFFERENCES,
    /** inverse = 1 / sqrt(the squared norm of h / n + epsilon). */
    INVERSE,
    /** h = fma(h · inverse, gamma, beta). */
    SCALE_AND_SHIFT,
    /** h = (h − mean) · inverse, g = dy · gamma, dy = dy · h. */
    SCALED_GRADIENT,
    /** meanOfG = the sum of g / n. */
    MEAN_OF_G,
    /** meanOfGh = the dot product of g and h / n. */
    MEAN_OF_GH,
    /** h = inverse · (g − fma(h, meanOfGh, meanOfG)). */
    INPUT_GRADIENT
  }

  /** A loop over the row in hand. */
  interface Pass {
    /** Does the pass. */
    void run(Row r);
  }

  private final Pass[] forward;
  private final Pass[] backward;

  /** A scalar twin, which has a loop for each step. */
  CheckedNormalization(Function<Step, Pass> loops) {
    super(() -> new Arguments(1));
    forward = passes(loops, MEAN, DIFFERENCES, INVERSE, SCALE_AND_SHIFT);
    backward = passes(loops, SCALED_GRADIENT, MEAN_OF_G, MEAN_OF_GH, INPUT_GRADIENT);
  }

  /** A SIMD twin, which has a loop for each step; the team shares the rows. */
  CheckedNormalization(Function<Step, Pass> loops, Team team) {
    super(() -> new Arguments(VectorWidth.LANES), team);
    forward = passes(loops, MEAN, DIFFERENCES, INVERSE, SCALE_AND_SHIFT);
    backward = passes(loops, SCALED_GRADIENT, MEAN_OF_G, MEAN_OF_GH, INPUT_GRADIENT);
  }

  private static Pass[] passes(Function<Step, Pass> loops, Step... steps) {
    return Stream.of(steps).map(loops).toArray(Pass[]::new);
  }

  @Override
  public final void forward(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] gamma,
      int gammaOffset,
      float[] beta,
      int betaOffset,
      float epsilon,
      float[] y,
      int yOffset,
      int ldy,
      float[] statistics,
      int statisticsOffset) {
    Check.within("epsilon", epsilon, 0, Float.MAX_VALUE);
    Arguments call = take().of(forward, rows, columns, x, xOffset, ldx);
    call.row(call.gamma, "gamma", gamma, gammaOffset).epsilon = epsilon;
    call.row(call.beta, "beta", beta, betaOffset).statistics(statistics, statisticsOffset);
    call.out(call.out, "y", y, yOffset, ldy);
    call.statistics.apartFrom(call.x);
    call.statistics.apartFrom(call.gamma);
    call.statistics.apartFrom(call.beta);
    run(call, rows, 1, (long) rows * columns);
  }

  @Override
  public final void backward(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] gamma,
      int gammaOffset,
      float[] statistics,
      int statisticsOffset,
      float[] dy,
      int dyOffset,
      int lddy,
      float[] products,
      int productsOffset,
      int ldp,
      float[] dx,
      int dxOffset,
      int lddx) {
    Arguments call = take().of(backward, rows, columns, x, xOffset, ldx);
    call.row(call.gamma, "gamma", gamma, gammaOffset).statistics(statistics, statisticsOffset);
    call.dy.set("dy", dy, dyOffset, lddy, rows, columns);
    call.out(call.products, "products", products, productsOffset, ldp);
    call.out(call.out, "dx", dx, dxOffset, lddx);
    call.out.sameAsOrApartFrom(call.products);
    run(call, rows, 1, (long) rows * columns);
  }

  /** The arguments of a call, which are checked as they are set. */
  static final class Arguments extends Call {
    private static final Pass[] NO_PASSES = {};

    private final int granule;
    private final Matrix x = new Matrix();
    private final Matrix dy = new Matrix();
    private final Matrix gamma = new Matrix();
    private final Matrix beta = new Matrix();
    private final Matrix statistics = new Matrix();
    private final Matrix products = new Matrix();
    private final Matrix out = new Matrix();
    private Pass[] passes = NO_PASSES;
    private int rows;
    private int columns;
    private float epsilon;

    Arguments(int granule) {
      this.granule = granule;
    }

    private Arguments of(Pass[] passes, int rows, int columns, float[] x, int offset, int ld) {
      this.passes = passes;
      this.rows = Check.atLeast("rows", rows, 0);
      this.columns = Check.atLeast("columns", columns, rows > 0 ? 1 : 0);
      this.x.set("x", x, offset, ld, rows, columns);
      return this;
    }

    private Arguments row(Matrix to, String name, float[] array, int offset) {
      to.set(name, array, offset, Math.max(1, columns), 1, columns);
      return this;
    }

    private void statistics(float[] statistics, int offset) {
      this.statistics.set("statistics", statistics, offset, 2, rows, 2);
    }

    private void out(Matrix to, String name, float[] array, int offset, int ld) {
      to.set(name, array, offset, ld, rows, columns);
      to.sameAsOrApartFrom(x);
      to.sameAsOrApartFrom(dy);
      to.apartFrom(gamma);
      to.apartFrom(beta);
      to.apartFrom(statistics);
    }

    @Override
    protected void range(int from, int to, Scratch scratch) {
      Row r = scratch.object(Row.class, Row::new);
      r.begin(columns, (columns + granule - 1) / granule * granule, scratch);
      r.epsilon = epsilon;
      r.statistics = statistics.array;
      copy(gamma.array, gamma.at, r.gamma, 0);
      copy(beta.array, beta.at, r.beta, 0);
      for (int i = from; i < to; i++) {
        copy(x.array, x.row(i), r.h, 0);
        copy(dy.array, dy.row(i), r.dy, 0);
        r.at = statistics.row(i);
        for (Pass pass : passes) { // which C2 compiles each by itself, see LossCall
          pass.run(r);
        }
        copy(r.dy, 0, products.array, products.row(i));
        copy(r.h, 0, out.array, out.row(i));
      }
      r.statistics = Row.NONE;
    }

    /** Copies a row, unless the method has no such matrix. */
    private void copy(float[] from, int at, float[] to, int toAt) {
      if (from.length > 0 && to.length > 0) {
        System.arraycopy(from, at, to, toAt, columns);
      }
    }

    @Override
    protected void clear() {
      x.clear();
      dy.clear();
      gamma.clear();
      beta.clear();
      statistics.clear();
      products.clear();
      out.clear();
    }
  }

  /**
   * A copy of the row in hand, one object a thread. Loops take whole vectors, {@code padded}
   * elements: what they compute too much is not used.
   */
  static final class Row {
    private static final float[] NONE = {};

    final Lanes lanes = new Lanes();
    int n;
    int padded;
    float[] gamma = NONE;
    float[] beta = NONE;

    /** At first x, in the end y or dx. */
    float[] h = NONE;

    float[] g = NONE;

    /** In the end the products. */
    float[] dy = NONE;

    float meanOfG;
    float meanOfGh;
    private float[] statistics = NONE;
    private int at;
    private float epsilon;

    private void begin(int n, int padded, Scratch scratch) {
      this.n = n;
      this.padded = padded;
      gamma = scratch.floats(0, padded);
      beta = scratch.floats(1, padded);
      h = scratch.floats(2, padded);
      g = scratch.floats(3, padded);
      dy = scratch.floats(4, padded);
    }

    float mean() {
      return statistics[at];
    }

    void setMean(float sum) {
      statistics[at] = sum / n;
    }

    float inverse() {
      return statistics[at + 1];
    }

    void setInverse(float squaredNorm) {
      statistics[at + 1] = 1f / (float) Math.sqrt(squaredNorm / n + epsilon);
    }
  }
}
