package dev.lanewise.kernel.loss;

import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.pointwise.Nonlinearity;
import dev.lanewise.kernel.pointwise.SimdPointwise;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.SimdBlocks;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The losses with the Vector API, row by row on the calling thread: losses are the last and
 * smallest of a network's layers. Thread-safe.
 */
public final class SimdLosses implements Losses {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  private final Team team;
  private final SimdPointwise pointwise;
  private final Recycler<LossRow> rowsOf = new Recycler<>(LossRow::new);

  /**
   * Builds the SIMD twin without asking whether this machine should use it.
   *
   * @param team the team that sigmoids of long rows are divided among
   * @throws IllegalStateException if the requested vector width cannot be had
   */
  public SimdLosses(Team team) {
    VectorWidth.require();
    this.team = team;
    pointwise = new SimdPointwise(team);
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
  public void meanSquaredError(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] targets,
      int targetsOffset,
      int ldt,
      float[] loss,
      int lossOffset) {
    LossArguments.loss(
        rows, columns, x, xOffset, ldx, targets, targetsOffset, ldt, loss, lossOffset);
    LossRow row = rowsOf.take();
    row.grow(columns);
    for (int i = 0; i < rows; i++) {
      squaredLoss(columns, x, xOffset + i * ldx, targets, targetsOffset + i * ldt, row);
      loss[lossOffset + i] =
          SimdBlocks.dot(columns, row.terms, 0, row.terms, 0, row.lanes) / columns;
    }
    rowsOf.give(row);
  }

  @Override
  public void meanSquaredErrorGradient(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] targets,
      int targetsOffset,
      int ldt,
      float[] loss,
      int lossOffset,
      float scale,
      float[] dx,
      int dxOffset,
      int lddx) {
    LossArguments.gradient(
        rows,
        columns,
        x,
        xOffset,
        ldx,
        targets,
        targetsOffset,
        ldt,
        loss,
        lossOffset,
        dx,
        dxOffset,
        lddx);
    LossRow row = rowsOf.take();
    row.grow(columns);
    float factor = 2f / columns * scale;
    for (int i = 0; i < rows; i++) {
      squaredLoss(columns, x, xOffset + i * ldx, targets, targetsOffset + i * ldt, row);
      loss[lossOffset + i] =
          SimdBlocks.dot(columns, row.terms, 0, row.terms, 0, row.lanes) / columns;
      times(columns, factor, row.terms, dx, dxOffset + i * lddx);
    }
    rowsOf.give(row);
  }

  @Override
  public void binaryCrossEntropy(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] targets,
      int targetsOffset,
      int ldt,
      float[] loss,
      int lossOffset) {
    LossArguments.loss(
        rows, columns, x, xOffset, ldx, targets, targetsOffset, ldt, loss, lossOffset);
    LossRow row = rowsOf.take();
    row.grow(columns);
    for (int i = 0; i < rows; i++) {
      binaryLoss(columns, x, xOffset + i * ldx, targets, targetsOffset + i * ldt, row);
      loss[lossOffset + i] = SimdBlocks.sum(columns, row.terms, 0, row.lanes) / columns;
    }
    rowsOf.give(row);
  }

  @Override
  public void binaryCrossEntropyGradient(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] targets,
      int targetsOffset,
      int ldt,
      float[] loss,
      int lossOffset,
      float scale,
      float[] dx,
      int dxOffset,
      int lddx) {
    LossArguments.gradient(
        rows,
        columns,
        x,
        xOffset,
        ldx,
        targets,
        targetsOffset,
        ldt,
        loss,
        lossOffset,
        dx,
        dxOffset,
        lddx);
    LossRow row = rowsOf.take();
    row.grow(columns);
    float factor = 1f / columns * scale;
    for (int i = 0; i < rows; i++) {
      binaryLoss(columns, x, xOffset + i * ldx, targets, targetsOffset + i * ldt, row);
      loss[lossOffset + i] = SimdBlocks.sum(columns, row.terms, 0, row.lanes) / columns;
      pointwise.apply(Nonlinearity.SIGMOID, columns, x, xOffset + i * ldx, row.terms, 0);
      flushed(
          columns, factor, row.terms, targets, targetsOffset + i * ldt, dx, dxOffset + i * lddx);
    }
    rowsOf.give(row);
  }

  private void squaredLoss(int n, float[] x, int xo, float[] t, int to, LossRow row) {
    difference(n, x, xo, t, to, row.terms);
  }

  private static void difference(int n, float[] x, int xo, float[] t, int to, float[] d) {
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += LANES) {
      FloatVector.fromArray(S, x, xo + j).sub(FloatVector.fromArray(S, t, to + j)).intoArray(d, j);
    }
    for (; j < n; j++) {
      d[j] = x[xo + j] - t[to + j];
    }
  }

  private static void times(int n, float factor, float[] d, float[] dx, int dxo) {
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += LANES) {
      FloatVector.fromArray(S, d, j).mul(factor).intoArray(dx, dxo + j);
    }
    for (; j < n; j++) {
      dx[dxo + j] = d[j] * factor;
    }
  }

  private void binaryLoss(int n, float[] x, int xo, float[] t, int to, LossRow row) {
    negativeAbsolute(n, x, xo, row.terms);
    pointwise.apply(Nonlinearity.SOFTPLUS, n, row.terms, 0, row.terms, 0);
    addLinear(n, x, xo, t, to, row.terms);
  }

  private static void negativeAbsolute(int n, float[] x, int xo, float[] terms) {
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += LANES) {
      FloatVector.fromArray(S, x, xo + j).abs().neg().intoArray(terms, j);
    }
    for (; j < n; j++) {
      terms[j] = -Math.abs(x[xo + j]);
    }
  }

  private static void addLinear(int n, float[] x, int xo, float[] t, int to, float[] terms) {
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += LANES) {
      FloatVector logit = FloatVector.fromArray(S, x, xo + j);
      VectorMask<Float> above = logit.compare(VectorOperators.GT, 0f);
      FloatVector linear =
          logit
              .neg()
              .fma(FloatVector.fromArray(S, t, to + j), FloatVector.zero(S).blend(logit, above));
      linear.add(FloatVector.fromArray(S, terms, j)).intoArray(terms, j);
    }
    for (; j < n; j++) {
      float logit = x[xo + j];
      terms[j] = Fma.fma(-logit, t[to + j], logit > 0 ? logit : 0f) + terms[j];
    }
  }

  private static void flushed(
      int n, float factor, float[] p, float[] t, int to, float[] dx, int dxo) {
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += LANES) {
      FloatVector d =
          FloatVector.fromArray(S, p, j).sub(FloatVector.fromArray(S, t, to + j)).mul(factor);
      d.blend(0f, d.abs().lt(FLUSH_GRADIENT)).intoArray(dx, dxo + j);
    }
    for (; j < n; j++) {
      float d = (p[j] - t[to + j]) * factor;
      dx[dxo + j] = Math.abs(d) < FLUSH_GRADIENT ? 0f : d;
    }
  }

  @Override
  public void weigh(
      int rows,
      int columns,
      float[] weights,
      int weightsOffset,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset) {
    LossArguments.weigh(rows, columns, weights, weightsOffset, x, xOffset, y, yOffset);
    if (columns == 1) {
      product(rows, weights, weightsOffset, x, xOffset, y, yOffset);
      return;
    }
    for (int i = 0; i < rows; i++) {
      pointwise.scale(
          columns, weights[weightsOffset + i], x, xOffset + i * columns, y, yOffset + i * columns);
    }
  }

  private static void product(int n, float[] w, int wo, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (; i < VectorWidth.wholeVectors(n); i += LANES) {
      FloatVector.fromArray(S, w, wo + i)
          .mul(FloatVector.fromArray(S, x, xo + i))
          .intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = w[wo + i] * x[xo + i];
    }
  }
}
