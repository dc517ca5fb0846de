package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.parallel.AbstractKernel;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.kernel.support.Lanes;
import org.jspecify.annotations.Nullable;

/**
 * Checks the arguments of layer normalization. Each method is a list of steps over a row, for which
 * the twins have a loop each; names are those of {@link Row}.
 */
abstract class CheckedNormalization extends AbstractKernel<CheckedNormalization.Arguments>
    implements Normalization {
  /** A loop over the row in hand. */
  private interface Pass {
    /** Does the pass. */
    void run(Row r);
  }

  private final Pass[] forward = {
    this::mean, this::differences, this::inverse, this::scaleAndShift
  };
  private final Pass[] backward = {
    this::scaledGradient, this::meanOfG, this::meanOfGh, this::inputGradient
  };

  /** A SIMD twin over a team, which shares the rows, or a scalar twin without one. */
  CheckedNormalization(@Nullable Team team) {
    super(() -> new Arguments(granule(team)), team);
  }

  /** mean = the sum of h / n. */
  abstract void mean(Row r);

  /** h = h − mean. */
  abstract void differences(Row r);

  /** inverse = 1 / sqrt(the squared norm of h / n + epsilon). */
  abstract void inverse(Row r);

  /** h = fma(h · inverse, gamma, beta). */
  abstract void scaleAndShift(Row r);

  /** h = (h − mean) · inverse, g = dy · gamma, dy = dy · h. */
  abstract void scaledGradient(Row r);

  /** meanOfG = the sum of g / n. */
  abstract void meanOfG(Row r);

  /** meanOfGh = the dot product of g and h / n. */
  abstract void meanOfGh(Row r);

  /** h = inverse · (g − fma(h, meanOfGh, meanOfG)). */
  abstract void inputGradient(Row r);

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
    Arguments call = take();
    call.of(forward, rows, columns, x, xOffset, ldx);
    call.epsilon = (float) Check.within("epsilon", epsilon, 0, Float.MAX_VALUE);
    call.row(call.gamma, "gamma", gamma, gammaOffset);
    call.row(call.beta, "beta", beta, betaOffset);
    call.statistics(statistics, statisticsOffset);
    call.apart(call.statistics);
    call.result(call.out, "y", y, yOffset, ldy, true);
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
    Arguments call = take();
    call.of(backward, rows, columns, x, xOffset, ldx);
    call.row(call.gamma, "gamma", gamma, gammaOffset);
    call.statistics(statistics, statisticsOffset);
    call.set(call.dy, "dy", dy, dyOffset, lddy);
    call.result(call.products, "products", products, productsOffset, ldp, true);
    call.result(call.out, "dx", dx, dxOffset, lddx, true);
    run(call, rows, 1, (long) rows * columns);
  }

  /** The call: its items are the rows. */
  static final class Arguments extends MatrixCall {
    private static final Pass[] NO_PASSES = {};

    private final Matrix x = matrix();
    private final Matrix dy = matrix();
    private final Matrix gamma = vector();
    private final Matrix beta = vector();
    private final Matrix statistics = vector();
    private final Matrix products = matrix();
    private final Matrix out = matrix();
    private Pass[] passes = NO_PASSES;
    private float epsilon;

    Arguments(int granule) {
      super(granule);
    }

    private void of(Pass[] passes, int rows, int columns, float[] x, int offset, int ld) {
      this.passes = passes;
      this.rows = Check.atLeast("rows", rows, 0);
      this.columns = Check.atLeast("columns", columns, rows > 0 ? 1 : 0);
      set(this.x, "x", x, offset, ld);
    }

    private void statistics(float[] statistics, int offset) {
      this.statistics.set("statistics", statistics, offset, 2, rows, 2);
    }

    @Override
    protected void range(int from, int to, Scratch scratch) {
      Row r = scratch.object(Row.class, Row::new);
      r.begin(this, scratch);
      for (int i = from; i < to; i++) {
        copy(columns, x.array, x.row(i), r.h, 0);
        copy(columns, dy.array, dy.row(i), r.dy, 0);
        r.at = statistics.row(i);
        for (Pass pass : passes) { // which C2 compiles each by itself, see LossCall
          pass.run(r);
        }
        copy(columns, r.dy, 0, products.array, products.row(i));
        copy(columns, r.h, 0, out.array, out.row(i));
      }
      r.statistics = Row.NONE;
    }
  }

  /**
   * A copy of the row in hand, one object a thread. Loops take whole vectors, {@code roundedUp}
   * elements: what they compute too much is not used.
   */
  static final class Row {
    private static final float[] NONE = {};

    final Lanes lanes = new Lanes();
    int n;

    /** n, rounded up to whole vectors. */
    int roundedUp;

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

    private void begin(Arguments call, Scratch scratch) {
      n = call.columns;
      roundedUp = call.roundedUp();
      epsilon = call.epsilon;
      statistics = call.statistics.array;
      gamma = call.copy(call.gamma, 0, scratch);
      beta = call.copy(call.beta, 1, scratch);
      h = scratch.floats(2, roundedUp);
      g = scratch.floats(3, roundedUp);
      dy = scratch.floats(4, roundedUp);
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
