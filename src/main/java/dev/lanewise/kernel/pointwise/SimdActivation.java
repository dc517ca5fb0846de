package dev.lanewise.kernel.pointwise;

import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.parallel.RangeJob;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Bias and ReLU with the Vector API. */
public final class SimdActivation implements Activation {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final float[] NONE = {};

  /**
   * Rows that are walked together. A strip of columns, one vector wide, runs down them with its
   * bias in a register; few enough rows that wide matrices find their lines and pages again.
   */
  private static final int ROWS = 16;

  private final Team team;
  private final Recycler<Job> jobs = new Recycler<>(Job::new);

  /**
   * Builds the SIMD twin without asking whether this machine should use it.
   *
   * @param team divides large calls; the result does not depend on it
   * @throws IllegalStateException if the requested vector width cannot be had
   */
  public SimdActivation(Team team) {
    VectorWidth.require();
    this.team = team;
  }

  @Override
  public int vectorBits() {
    return VectorWidth.BITS;
  }

  @Override
  public int threads() {
    return team.size();
  }

  @Override
  public void addBias(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] bias,
      int biasOffset,
      float[] y,
      int yOffset,
      int ldy) {
    // No sum is <= NaN, so none is replaced.
    bias(rows, columns, x, xOffset, ldx, bias, biasOffset, y, yOffset, ldy, Float.NaN);
  }

  @Override
  public void addBiasRelu(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] bias,
      int biasOffset,
      float[] y,
      int yOffset,
      int ldy) {
    bias(rows, columns, x, xOffset, ldx, bias, biasOffset, y, yOffset, ldy, 0f);
  }

  private void bias(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] bias,
      int biasOffset,
      float[] y,
      int yOffset,
      int ldy,
      float cut) {
    ActivationArguments.bias(rows, columns, x, xOffset, ldx, bias, biasOffset, y, yOffset, ldy);
    if (RangeJob.alone(team, (long) rows * columns)) {
      addRows(rows, columns, x, xOffset, ldx, bias, biasOffset, y, yOffset, ldy, cut);
      return;
    }
    Job job = jobs.take();
    job.operation = rows >= team.members() ? Operation.BIAS_ROWS : Operation.BIAS_COLUMNS;
    job.rows = rows;
    job.columns = columns;
    job.a = x;
    job.aOffset = xOffset;
    job.lda = ldx;
    job.b = bias;
    job.bOffset = biasOffset;
    job.out = y;
    job.outOffset = yOffset;
    job.ldOut = ldy;
    job.cut = cut;
    if (job.operation == Operation.BIAS_ROWS) {
      job.run(team, rows, 1);
    } else {
      job.run(team, columns, RangeJob.ELEMENTS);
    }
    jobs.give(job);
  }

  @Override
  public void relu(int n, float[] x, int xOffset, float[] y, int yOffset) {
    ActivationArguments.relu(n, x, xOffset, y, yOffset);
    if (RangeJob.alone(team, n)) {
      rectify(n, x, xOffset, y, yOffset);
      return;
    }
    Job job = jobs.take();
    job.operation = Operation.RELU;
    job.a = x;
    job.aOffset = xOffset;
    job.out = y;
    job.outOffset = yOffset;
    job.run(team, n, RangeJob.ELEMENTS);
    jobs.give(job);
  }

  @Override
  public void scaledReluGradient(
      int n,
      float scale,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      float[] dx,
      int dxOffset) {
    ActivationArguments.reluGradient(n, y, yOffset, dy, dyOffset, dx, dxOffset);
    if (RangeJob.alone(team, n)) {
      gradient(n, scale, y, yOffset, dy, dyOffset, dx, dxOffset);
      return;
    }
    Job job = jobs.take();
    job.operation = Operation.RELU_GRADIENT;
    job.scale = scale;
    job.a = y;
    job.aOffset = yOffset;
    job.b = dy;
    job.bOffset = dyOffset;
    job.out = dx;
    job.outOffset = dxOffset;
    job.run(team, n, RangeJob.ELEMENTS);
    jobs.give(job);
  }

  /** A block of rows, column strip by column strip; sums that are {@code <= cut} become +0. */
  private static void addRows(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] bias,
      int biasOffset,
      float[] y,
      int yOffset,
      int ldy,
      float cut) {
    int whole = VectorWidth.wholeVectors(columns);
    for (int i = 0; i < rows; i += ROWS) {
      int high = Math.min(ROWS, rows - i);
      int xo = xOffset + i * ldx;
      int yo = yOffset + i * ldy;
      for (int j = 0; j < whole; j += LANES) {
        addStrip(high, x, xo + j, ldx, bias, biasOffset + j, y, yo + j, ldy, cut);
      }
      if (whole < columns) {
        addTail(
            high,
            columns - whole,
            x,
            xo + whole,
            ldx,
            bias,
            biasOffset + whole,
            y,
            yo + whole,
            ldy,
            cut);
      }
    }
  }

  private static void addStrip(
      int rows,
      float[] x,
      int xOffset,
      int ldx,
      float[] bias,
      int biasOffset,
      float[] y,
      int yOffset,
      int ldy,
      float cut) {
    FloatVector b = FloatVector.fromArray(S, bias, biasOffset);
    for (int i = 0; i < rows; i++) {
      FloatVector v = FloatVector.fromArray(S, x, xOffset + i * ldx).add(b);
      // As cut(v, cut), which the compiler does not inline everywhere.
      v.blend(0f, v.compare(VectorOperators.LE, cut)).intoArray(y, yOffset + i * ldy);
    }
  }

  /**
   * Fewer columns than a vector has, without vectors: a small layer's only loop runs too seldom for
   * the compiler to inline all it needs, and left objects of them for good.
   */
  private static void addTail(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] bias,
      int biasOffset,
      float[] y,
      int yOffset,
      int ldy,
      float cut) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        float v = x[xOffset + i * ldx + j] + bias[biasOffset + j];
        y[yOffset + i * ldy + j] = v <= cut ? 0f : v;
      }
    }
  }

  private static void rectify(int n, float[] x, int xOffset, float[] y, int yOffset) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      cut(FloatVector.fromArray(S, x, xOffset + i), 0f).intoArray(y, yOffset + i);
    }
    if (whole < n) {
      rectifyTail(n, x, xOffset, y, yOffset);
    }
  }

  private static void rectifyTail(int n, float[] x, int xOffset, float[] y, int yOffset) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = whole; i < n; i++) {
      y[yOffset + i] = x[xOffset + i] <= 0 ? 0f : x[xOffset + i];
    }
  }

  private static void gradient(
      int n,
      float scale,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      float[] dx,
      int dxOffset) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      pass(
              FloatVector.fromArray(S, y, yOffset + i),
              FloatVector.fromArray(S, dy, dyOffset + i).mul(scale))
          .intoArray(dx, dxOffset + i);
    }
    if (whole < n) {
      gradientTail(n, scale, y, yOffset, dy, dyOffset, dx, dxOffset);
    }
  }

  private static void gradientTail(
      int n,
      float scale,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      float[] dx,
      int dxOffset) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = whole; i < n; i++) {
      dx[dxOffset + i] = y[yOffset + i] > 0 ? dy[dyOffset + i] * scale : 0f;
    }
  }

  /** x &lt;= cut ? +0 : x: ReLU with a cut of 0 (a NaN is not below it), x itself with NaN. */
  private static FloatVector cut(FloatVector x, float cut) {
    return x.blend(0f, x.compare(VectorOperators.LE, cut));
  }

  private static FloatVector pass(FloatVector y, FloatVector dy) {
    return FloatVector.zero(S).blend(dy, y.compare(VectorOperators.GT, 0f));
  }

  @Override
  public TileConsumer reluTiles() {
    return (tile, offset, ld, row, rows, column, columns) -> {
      if (ld == columns) { // one stretch
        relu(rows * columns, tile, offset, tile, offset);
        return;
      }
      for (int i = 0; i < rows; i++) {
        rectify(columns, tile, offset + i * ld, tile, offset + i * ld);
      }
    };
  }

  private enum Operation {
    BIAS_ROWS,
    BIAS_COLUMNS,
    RELU,
    RELU_GRADIENT
  }

  /** One call's arguments, for the team. */
  private static final class Job extends RangeJob {
    private Operation operation = Operation.RELU;
    private int rows;
    private int columns;
    private float[] a = NONE;
    private int aOffset;
    private int lda;
    private float[] b = NONE;
    private int bOffset;
    private float[] out = NONE;
    private int outOffset;
    private int ldOut;
    private float cut;
    private float scale;

    @Override
    protected void range(int from, int to) {
      int count = to - from;
      switch (operation) {
        case BIAS_ROWS ->
            addRows(
                count,
                columns,
                a,
                aOffset + from * lda,
                lda,
                b,
                bOffset,
                out,
                outOffset + from * ldOut,
                ldOut,
                cut);
        case BIAS_COLUMNS ->
            addRows(
                rows,
                count,
                a,
                aOffset + from,
                lda,
                b,
                bOffset + from,
                out,
                outOffset + from,
                ldOut,
                cut);
        case RELU -> rectify(count, a, aOffset + from, out, outOffset + from);
        case RELU_GRADIENT ->
            gradient(count, scale, a, aOffset + from, b, bOffset + from, out, outOffset + from);
      }
    }

    @Override
    protected void clear() {
      a = NONE;
      b = NONE;
      out = NONE;
    }
  }
}
