package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.parallel.AbstractKernel;
import dev.lanewise.kernel.parallel.Call;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.reduce.Reduce;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.function.Function;

/**
 * Checks the arguments of batch normalization. Each method is a few passes over the rows, for which
 * the twins have a loop each, and sums over the rows between them, which are those of a reduction.
 */
abstract class CheckedBatchNormalization extends AbstractKernel<CheckedBatchNormalization.Arguments>
    implements BatchNormalization {
  /** What a twin has a loop for; names are those of {@link Strip}. */
  enum Step {
    /** out = d · d, d = x − mean. */
    SQUARES,
    /** out = fma(x − mean, scale, shift). */
    NORMALIZE,
    /** out = dy · h, h = (x − mean) · inverse. */
    PRODUCTS,
    /** out = scale · (dy − fma(h, slope, shift)), h as before. */
    INPUT_GRADIENT
  }

  /** A loop over the strip in hand. */
  interface Pass {
    /** Does the pass. */
    void run(Strip s);
  }

  private final Reduce reduce;
  private final Pass squares;
  private final Pass normalize;
  private final Pass products;
  private final Pass inputGradient;

  /** A scalar twin, which has a loop for each step. */
  CheckedBatchNormalization(Function<Step, Pass> loops, Reduce reduce) {
    super(() -> new Arguments(1));
    this.reduce = reduce;
    squares = loops.apply(Step.SQUARES);
    normalize = loops.apply(Step.NORMALIZE);
    products = loops.apply(Step.PRODUCTS);
    inputGradient = loops.apply(Step.INPUT_GRADIENT);
  }

  /** A SIMD twin, which has a loop for each step; the team shares the rows. */
  CheckedBatchNormalization(Function<Step, Pass> loops, Reduce reduce, Team team) {
    super(() -> new Arguments(VectorWidth.LANES), team);
    this.reduce = reduce;
    squares = loops.apply(Step.SQUARES);
    normalize = loops.apply(Step.NORMALIZE);
    products = loops.apply(Step.PRODUCTS);
    inputGradient = loops.apply(Step.INPUT_GRADIENT);
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
      float[] mean,
      int meanOffset,
      float[] variance,
      int varianceOffset) {
    Arguments call = take().of(rows, 1, columns, epsilon).x(x, xOffset, ldx);
    call.row(call.gamma, "gamma", gamma, gammaOffset).row(call.beta, "beta", beta, betaOffset);
    call.out.set("y", y, yOffset, ldy, rows, columns);
    call.row(call.mean, "mean", mean, meanOffset);
    call.row(call.variance, "variance", variance, varianceOffset);
    call.out.apartFrom(call.x);
    call.rowsApartFrom(call.out);
    for (Matrix moment : call.moments) {
      moment.apartFrom(call.x);
      moment.apartFrom(call.gamma);
      moment.apartFrom(call.beta);
    }
    call.variance.apartFrom(call.mean);
    sumRows(call, call.x, call.mean);
    call.divideByRows(call.mean, mean, meanOffset);
    call.takeMeans();
    pass(call, squares);
    sumRows(call, call.out, call.variance);
    call.divideByRows(call.variance, variance, varianceOffset);
    call.takeFactors();
    call.takeBeta();
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
    Arguments call = take().of(rows, 0, columns, epsilon).x(x, xOffset, ldx);
    call.row(call.gamma, "gamma", gamma, gammaOffset).row(call.beta, "beta", beta, betaOffset);
    call.row(call.mean, "mean", mean, meanOffset);
    call.row(call.variance, "variance", variance, varianceOffset);
    call.out.set("y", y, yOffset, ldy, rows, columns);
    call.out.sameAsOrApartFrom(call.x);
    call.rowsApartFrom(call.out);
    call.takeMeans();
    call.takeFactors();
    call.takeBeta();
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
    Arguments call = take().of(rows, 1, columns, epsilon).x(x, xOffset, ldx);
    call.row(call.gamma, "gamma", gamma, gammaOffset).row(call.mean, "mean", mean, meanOffset);
    call.row(call.variance, "variance", variance, varianceOffset);
    call.dy.set("dy", dy, dyOffset, lddy, rows, columns);
    call.out.set("dx", dx, dxOffset, lddx, rows, columns);
    call.row(call.dgamma, "dgamma", dgamma, dgammaOffset);
    call.row(call.dbeta, "dbeta", dbeta, dbetaOffset);
    for (Matrix out : call.gradients) {
      out.apartFrom(call.x);
      out.apartFrom(call.dy);
      out.apartFrom(call.gamma);
      out.apartFrom(call.mean);
      out.apartFrom(call.variance);
    }
    call.dgamma.apartFrom(call.out);
    call.dbeta.apartFrom(call.out);
    call.dbeta.apartFrom(call.dgamma);
    call.takeMeans();
    call.takeFactors();
    pass(call, products);
    sumRows(call, call.out, call.dgamma);
    sumRows(call, call.dy, call.dbeta);
    call.takeGradientMeans();
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

  /**
   * The arguments of a call, which are checked as they are set, and what is known of each column,
   * in memory of whole vectors.
   */
  static final class Arguments extends Call {
    /** Rows of a strip: of the widest vectors 4 KB, so that three strips stay in L1. */
    private static final int ROWS = 64;

    private static final Pass NO_PASS = s -> {};
    private static final float[] NONE = {};

    private final int granule;
    private final Matrix x = new Matrix();
    private final Matrix dy = new Matrix();
    private final Matrix gamma = new Matrix();
    private final Matrix beta = new Matrix();
    private final Matrix mean = new Matrix();
    private final Matrix variance = new Matrix();
    private final Matrix out = new Matrix();
    private final Matrix dgamma = new Matrix();
    private final Matrix dbeta = new Matrix();
    private final Matrix[] moments = {mean, variance};
    private final Matrix[] gradients = {out, dgamma, dbeta};
    private Pass pass = NO_PASS;
    private int rows;
    private int columns;
    private float epsilon;
    private float[] means = NONE;
    private float[] inverses = NONE;
    private float[] scales = NONE;
    private float[] shifts = NONE;
    private float[] slopes = NONE;

    Arguments(int granule) {
      this.granule = granule;
    }

    private Arguments of(int rows, int leastRows, int columns, float epsilon) {
      this.rows = Check.atLeast("rows", rows, leastRows);
      this.columns = Check.atLeast("columns", columns, 0);
      this.epsilon = (float) Check.within("epsilon", epsilon, 0, Float.MAX_VALUE);
      return this;
    }

    private Arguments x(float[] x, int offset, int ld) {
      this.x.set("x", x, offset, ld, rows, columns);
      return this;
    }

    private Arguments row(Matrix to, String name, float[] array, int offset) {
      to.set(name, array, offset, Math.max(1, columns), 1, columns);
      return this;
    }

    /** Refuses a result that shares an element with one of the rows. */
    private void rowsApartFrom(Matrix out) {
      out.apartFrom(gamma);
      out.apartFrom(beta);
      out.apartFrom(mean);
      out.apartFrom(variance);
    }

    /** Turns sums over the rows into means, elsewhere or in their place. */
    private void divideByRows(Matrix sums, float[] to, int at) {
      for (int j = 0; j < columns; j++) {
        to[at + j] = sums.array[sums.at + j] / rows;
      }
    }

    /** Begins: only now, when all arguments are known to be right, memory is allocated. */
    private void takeMeans() {
      if (means.length < columns) {
        int padded = (columns + granule - 1) / granule * granule;
        means = new float[padded];
        inverses = new float[padded];
        scales = new float[padded];
        shifts = new float[padded];
        slopes = new float[padded];
      }
      System.arraycopy(mean.array, mean.at, means, 0, columns);
    }

    private void takeFactors() {
      for (int j = 0; j < columns; j++) {
        inverses[j] = 1f / (float) Math.sqrt(variance.array[variance.at + j] + epsilon);
        scales[j] = gamma.array[gamma.at + j] * inverses[j];
      }
    }

    private void takeBeta() {
      System.arraycopy(beta.array, beta.at, shifts, 0, columns);
    }

    private void takeGradientMeans() {
      divideByRows(dgamma, slopes, 0);
      divideByRows(dbeta, shifts, 0);
    }

    @Override
    protected void range(int from, int to, Scratch scratch) {
      Strip s = scratch.object(Strip.class, Strip::new);
      s.of(this);
      int whole = columns / granule * granule;
      int rest = columns - whole;
      float[] t = scratch.floats(0, ROWS * granule);
      float[] u = scratch.floats(1, ROWS * granule);
      for (int i = from; i < to; i += s.rows) {
        s.rows = Math.min(ROWS, to - i);
        for (int j = 0; j < columns; j += granule) {
          s.column = j;
          if (j < whole) {
            s.x.set(x.array, x.row(i) + j, x.ld);
            s.dy.set(dy.array, dy.row(i) + j, dy.ld);
            s.out.set(out.array, out.row(i) + j, out.ld);
          } else {
            copy(s.rows, rest, x.array, x.row(i) + j, x.ld, t, 0, granule);
            copy(s.rows, rest, dy.array, dy.row(i) + j, dy.ld, u, 0, granule);
            s.x.set(t, 0, granule);
            s.dy.set(u, 0, granule);
            s.out.set(t, 0, granule);
          }
          pass.run(s);
        }
        if (rest > 0) {
          copy(s.rows, rest, t, 0, granule, out.array, out.row(i) + whole, out.ld);
        }
      }
      s.clear();
    }

    /** Copies a few columns, unless the method has no such matrix. */
    private static void copy(
        int rows, int columns, float[] from, int at, int ld, float[] to, int toAt, int toLd) {
      for (int i = 0; i < rows && from.length > 0; i++) {
        System.arraycopy(from, at + i * ld, to, toAt + i * toLd, columns);
      }
    }

    @Override
    protected void clear() {
      x.clear();
      dy.clear();
      gamma.clear();
      beta.clear();
      for (Matrix moment : moments) {
        moment.clear();
      }
      for (Matrix gradient : gradients) {
        gradient.clear();
      }
    }
  }

  /**
   * Some rows of as many columns as a vector has lanes, where they lie or copied; one object a
   * thread. What is computed behind the last column is not used.
   */
  static final class Strip {
    private static final float[] NONE = {};

    final Matrix x = new Matrix();
    final Matrix dy = new Matrix();
    final Matrix out = new Matrix();
    int rows;

    /** The first column, at which its entry in the arrays below lies. */
    int column;

    float[] means = NONE;
    float[] inverses = NONE;
    float[] scales = NONE;
    float[] shifts = NONE;
    float[] slopes = NONE;

    private void of(Arguments call) {
      means = call.means;
      inverses = call.inverses;
      scales = call.scales;
      shifts = call.shifts;
      slopes = call.slopes;
    }

    private void clear() {
      x.clear();
      dy.clear();
      out.clear();
    }
  }
}
