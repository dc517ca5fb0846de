package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.parallel.AbstractKernel;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.reduce.Reduce;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.kernel.support.VectorWidth;

/**
 * Checks the arguments of batch normalization. Each method is a few passes over the matrix, for
 * which the twins have a loop each, and sums over the rows between them, which are those of a
 * reduction.
 */
abstract class CheckedBatchNormalization extends AbstractKernel<CheckedBatchNormalization.Arguments>
    implements BatchNormalization {
  /** A loop over the strip in hand. */
  private interface Pass {
    /** Does the pass. */
    void run(Strip s);
  }

  private final Reduce reduce;
  private final Pass squares = this::squares;
  private final Pass normalize = this::normalize;
  private final Pass products = this::products;
  private final Pass inputGradient = this::inputGradient;

  /** A scalar twin. */
  CheckedBatchNormalization(Reduce reduce) {
    super(() -> new Arguments(1));
    this.reduce = reduce;
  }

  /** A SIMD twin; the team shares the rows. */
  CheckedBatchNormalization(Reduce reduce, Team team) {
    super(() -> new Arguments(VectorWidth.LANES), team);
    this.reduce = reduce;
  }

  /** out = d · d, d = x − mean. */
  abstract void squares(Strip s);

  /** out = fma(d, scale, beta), scale = gamma · inverse. */
  abstract void normalize(Strip s);

  /** out = dy · h, h = d · inverse. */
  abstract void products(Strip s);

  /** out = scale · (dy − fma(h, dgamma / n, dbeta / n)). */
  abstract void inputGradient(Strip s);

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
      float[] mean,
      int meanOffset,
      float[] variance,
      int varianceOffset) {
    Arguments call = take();
    call.of(rows, 1, columns, epsilon, x, xOffset, ldx);
    call.row(call.gamma, "gamma", gamma, gammaOffset);
    call.row(call.beta, "beta", beta, betaOffset);
    call.result(call.out, "y", y, yOffset, ldy, false);
    call.resultRow(call.mean, "mean", mean, meanOffset);
    call.resultRow(call.variance, "variance", variance, varianceOffset);
    sumRows(call, call.x, call.mean);
    call.divideByRows(call.mean);
    pass(call, squares);
    sumRows(call, call.out, call.variance);
    call.divideByRows(call.variance);
    pass(call, normalize);
    give(call);
  }

  @Override
  public final void normalize(
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
      float[] mean,
      int meanOffset,
      float[] variance,
      int varianceOffset,
      float[] y,
      int yOffset,
      int ldy) {
    Arguments call = take();
    call.of(rows, 0, columns, epsilon, x, xOffset, ldx);
    call.row(call.gamma, "gamma", gamma, gammaOffset);
    call.row(call.beta, "beta", beta, betaOffset);
    call.row(call.mean, "mean", mean, meanOffset);
    call.row(call.variance, "variance", variance, varianceOffset);
    call.result(call.out, "y", y, yOffset, ldy, true);
    pass(call, normalize);
    give(call);
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
      float epsilon,
      float[] mean,
      int meanOffset,
      float[] variance,
      int varianceOffset,
      float[] dy,
      int dyOffset,
      int lddy,
      float[] dx,
      int dxOffset,
      int lddx,
      float[] dgamma,
      int dgammaOffset,
      float[] dbeta,
      int dbetaOffset) {
    Arguments call = take();
    call.of(rows, 1, columns, epsilon, x, xOffset, ldx);
    call.row(call.gamma, "gamma", gamma, gammaOffset);
    call.row(call.mean, "mean", mean, meanOffset);
    call.row(call.variance, "variance", variance, varianceOffset);
    call.set(call.dy, "dy", dy, dyOffset, lddy);
    call.result(call.out, "dx", dx, dxOffset, lddx, false);
    call.resultRow(call.dgamma, "dgamma", dgamma, dgammaOffset);
    call.resultRow(call.dbeta, "dbeta", dbeta, dbetaOffset);
    pass(call, products);
    sumRows(call, call.out, call.dgamma);
    sumRows(call, call.dy, call.dbeta);
    pass(call, inputGradient);
    give(call);
  }

  private void sumRows(Arguments call, Matrix x, Matrix sums) {
    reduce.sumRows(call.rows, call.columns, x.array, x.at, x.ld, sums.array, sums.at);
  }

  private void pass(Arguments call, Pass pass) {
    call.pass = pass;
    divide(call, call.columns == 0 ? 0 : call.rows, 1, (long) call.rows * call.columns);
  }

  /** The call: its items are the rows. */
  static final class Arguments extends MatrixCall {
    /** Rows of a strip: of the widest vectors 4 KB, so that three strips stay in L1. */
    private static final int ROWS = 64;

    private static final Pass NO_PASS = s -> {};

    private final Matrix x = matrix();
    private final Matrix dy = matrix();
    private final Matrix out = matrix();
    private final Matrix gamma = vector();
    private final Matrix beta = vector();
    private final Matrix mean = vector();
    private final Matrix variance = vector();
    private final Matrix dgamma = vector();
    private final Matrix dbeta = vector();
    private Pass pass = NO_PASS;
    private float epsilon;

    Arguments(int granule) {
      super(granule);
    }

    private void of(int rows, int least, int columns, float epsilon, float[] x, int at, int ld) {
      this.rows = Check.atLeast("rows", rows, least);
      this.columns = Check.atLeast("columns", columns, 0);
      this.epsilon = (float) Check.within("epsilon", epsilon, 0, Float.MAX_VALUE);
      set(this.x, "x", x, at, ld);
    }

    /** Turns sums over the rows into means. */
    private void divideByRows(Matrix sums) {
      for (int j = 0; j < columns; j++) {
        sums.array[sums.at + j] /= rows;
      }
    }

    @Override
    protected void range(int from, int to, Scratch scratch) {
      Strip s = scratch.object(Strip.class, Strip::new);
      s.begin(this, scratch);
      for (int i = from; i < to; i += ROWS) {
        s.rows = Math.min(ROWS, to - i);
        for (s.column = 0; s.column < columns; s.column += granule) {
          int some = Math.min(granule, columns - s.column);
          s.take(i, some, granule);
          pass.run(s);
          s.give(i, some, granule);
        }
      }
      s.end();
    }
  }

  /**
   * Some rows of as many columns as a vector has lanes, where they lie or copied; one object a
   * thread. What is computed behind the last column is not used.
   */
  static final class Strip {
    private static final float[] NONE = {};

    final Matrix.Part x = new Matrix.Part();
    final Matrix.Part dy = new Matrix.Part();
    final Matrix.Part out = new Matrix.Part();
    int rows;

    /** The first column, at which its number lies in the arrays below: copies of whole vectors. */
    int column;

    float[] gamma = NONE;
    float[] beta = NONE;
    float[] mean = NONE;
    float[] variance = NONE;
    float[] dgamma = NONE;
    float[] dbeta = NONE;
    float epsilon;

    /** How many rows the matrix has. */
    int n;

    private void begin(Arguments call, Scratch scratch) {
      x.be(call.x);
      dy.be(call.dy);
      out.be(call.out);
      gamma = call.copy(call.gamma, 0, scratch);
      beta = call.copy(call.beta, 1, scratch);
      mean = call.copy(call.mean, 2, scratch);
      variance = call.copy(call.variance, 3, scratch);
      dgamma = call.copy(call.dgamma, 4, scratch);
      dbeta = call.copy(call.dbeta, 5, scratch);
      epsilon = call.epsilon;
      n = call.rows;
    }

    private void take(int first, int columns, int granule) {
      if (columns == granule) {
        x.lie(first, column);
        dy.lie(first, column);
        out.lie(first, column);
      } else {
        x.own(rows, granule);
        dy.own(rows, granule);
        out.own(rows, granule);
        x.copyIn(first, rows, column, columns);
        dy.copyIn(first, rows, column, columns);
      }
    }

    private void give(int first, int columns, int granule) {
      if (columns < granule) {
        out.copyOut(first, rows, column, columns);
      }
    }

    private void end() {
      x.end();
      dy.end();
      out.end();
    }
  }
}
