package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.loss.SimdSoftmaxJob.Kind;
import dev.lanewise.kernel.parallel.RangeJob;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.VectorWidth;

/** The SIMD twin of softmax and cross-entropy: a team shares the rows. Thread-safe. */
public final class SimdSoftmax implements Softmax {
  private final Team team;
  private final int teamElements;
  private final Recycler<SimdSoftmaxRows> rowsInHand = new Recycler<>(SimdSoftmaxRows::new);
  private final Recycler<SimdSoftmaxJob> jobs =
      new Recycler<>(() -> new SimdSoftmaxJob(rowsInHand));

  /**
   * Builds the SIMD twin without asking whether this machine should use it: the factory of the
   * kernels asks.
   *
   * @param team shares the work; results do not depend on its size
   * @throws IllegalStateException if the vector width that was asked for cannot be had
   */
  public SimdSoftmax(Team team) {
    this(team, RangeJob.ALONE);
  }

  /**
   * Builds the twin with a threshold of its own, so that small matrices are divided.
   *
   * @param team shares the work
   * @param teamElements below so many elements a call stays on its caller
   */
  SimdSoftmax(Team team, int teamElements) {
    VectorWidth.require();
    this.team = team;
    this.teamElements = teamElements;
  }

  @Override
  public int vectorBits() {
    return VectorWidth.BITS;
  }

  @Override
  public int threads() {
    return team.size();
  }

  private void run(Kind kind, SimdSoftmaxJob job, int rows, int columns) {
    boolean alone = (long) rows * columns < teamElements || team.members() == 1;
    job.run(kind, team, rows, columns, alone);
    jobs.give(job);
  }

  @Override
  public void softmax(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
    SoftmaxArguments.function(rows, columns, x, xOffset, ldx, y, yOffset, ldy);
    run(Kind.SOFTMAX, jobs.take().in(x, xOffset, ldx).out(y, yOffset, ldy), rows, columns);
  }

  @Override
  public void logSoftmax(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
    SoftmaxArguments.function(rows, columns, x, xOffset, ldx, y, yOffset, ldy);
    run(Kind.LOG_SOFTMAX, jobs.take().in(x, xOffset, ldx).out(y, yOffset, ldy), rows, columns);
  }

  @Override
  public void softmaxGradient(
      int rows,
      int columns,
      float[] y,
      int yOffset,
      int ldy,
      float[] dy,
      int dyOffset,
      int lddy,
      float[] dx,
      int dxOffset,
      int lddx) {
    SoftmaxArguments.gradient(
        rows, columns, y, yOffset, ldy, dy, dyOffset, lddy, dx, dxOffset, lddx);
    run(
        Kind.SOFTMAX_GRADIENT,
        jobs.take().in(y, yOffset, ldy).other(dy, dyOffset, lddy).out(dx, dxOffset, lddx),
        rows,
        columns);
  }

  @Override
  public void logSoftmaxGradient(
      int rows,
      int columns,
      float[] y,
      int yOffset,
      int ldy,
      float[] dy,
      int dyOffset,
      int lddy,
      float[] dx,
      int dxOffset,
      int lddx) {
    SoftmaxArguments.gradient(
        rows, columns, y, yOffset, ldy, dy, dyOffset, lddy, dx, dxOffset, lddx);
    run(
        Kind.LOG_SOFTMAX_GRADIENT,
        jobs.take().in(y, yOffset, ldy).other(dy, dyOffset, lddy).out(dx, dxOffset, lddx),
        rows,
        columns);
  }

  @Override
  public void crossEntropy(
      int rows,
      int classes,
      float[] x,
      int xOffset,
      int ldx,
      int[] labels,
      int labelsOffset,
      float[] loss,
      int lossOffset) {
    SoftmaxArguments.losses(rows, classes, x, xOffset, ldx, loss, lossOffset);
    SoftmaxArguments.labels(rows, classes, labels, labelsOffset);
    run(
        Kind.LABEL_LOSS,
        jobs.take().in(x, xOffset, ldx).labels(labels, labelsOffset).loss(loss, lossOffset),
        rows,
        classes);
  }

  @Override
  public void crossEntropyGradient(
      int rows,
      int classes,
      float[] x,
      int xOffset,
      int ldx,
      int[] labels,
      int labelsOffset,
      float[] loss,
      int lossOffset,
      float scale,
      float[] dx,
      int dxOffset,
      int lddx) {
    SoftmaxArguments.losses(rows, classes, x, xOffset, ldx, loss, lossOffset);
    SoftmaxArguments.labels(rows, classes, labels, labelsOffset);
    SoftmaxArguments.logitGradient(
        rows, classes, x, xOffset, ldx, loss, lossOffset, dx, dxOffset, lddx);
    run(
        Kind.LABEL_GRADIENT,
        jobs.take()
            .in(x, xOffset, ldx)
            .labels(labels, labelsOffset)
            .loss(loss, lossOffset)
            .scale(scale)
            .out(dx, dxOffset, lddx),
        rows,
        classes);
  }

  @Override
  public void crossEntropy(
      int rows,
      int classes,
      float[] x,
      int xOffset,
      int ldx,
      float[] targets,
      int targetsOffset,
      int ldt,
      float[] loss,
      int lossOffset) {
    SoftmaxArguments.losses(rows, classes, x, xOffset, ldx, loss, lossOffset);
    SoftmaxArguments.targets(rows, classes, targets, targetsOffset, ldt, loss, lossOffset);
    run(
        Kind.TARGET_LOSS,
        jobs.take().in(x, xOffset, ldx).other(targets, targetsOffset, ldt).loss(loss, lossOffset),
        rows,
        classes);
  }

  @Override
  public void crossEntropyGradient(
      int rows,
      int classes,
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
    SoftmaxArguments.losses(rows, classes, x, xOffset, ldx, loss, lossOffset);
    SoftmaxArguments.targets(rows, classes, targets, targetsOffset, ldt, loss, lossOffset);
    SoftmaxArguments.logitGradient(
        rows, classes, x, xOffset, ldx, loss, lossOffset, dx, dxOffset, lddx);
    SoftmaxArguments.sameOrDisjoint(
        rows, classes, "dx", dx, dxOffset, lddx, "targets", targets, targetsOffset, ldt);
    run(
        Kind.TARGET_GRADIENT,
        jobs.take()
            .in(x, xOffset, ldx)
            .other(targets, targetsOffset, ldt)
            .loss(loss, lossOffset)
            .scale(scale)
            .out(dx, dxOffset, lddx),
        rows,
        classes);
  }
}
