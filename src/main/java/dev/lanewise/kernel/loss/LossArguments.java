package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.support.Check;

/** The argument checks of both twins. */
final class LossArguments {
  private LossArguments() {}

  static void loss(
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
    Check.atLeast("rows", rows, 0);
    Check.atLeast("columns", columns, rows == 0 ? 0 : 1);
    Check.matrix("x", x, xOffset, rows, columns, ldx);
    Check.matrix("targets", targets, targetsOffset, rows, columns, ldt);
    Check.range("loss", loss, lossOffset, rows);
    Check.disjoint("loss", loss, lossOffset, rows, "x", x, xOffset, Check.span(rows, columns, ldx));
    Check.disjoint(
        "loss",
        loss,
        lossOffset,
        rows,
        "targets",
        targets,
        targetsOffset,
        Check.span(rows, columns, ldt));
  }

  static void gradient(
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
      float[] dx,
      int dxOffset,
      int lddx) {
    loss(rows, columns, x, xOffset, ldx, targets, targetsOffset, ldt, loss, lossOffset);
    Check.matrix("dx", dx, dxOffset, rows, columns, lddx);
    long span = Check.span(rows, columns, lddx);
    Check.disjoint("dx", dx, dxOffset, span, "x", x, xOffset, Check.span(rows, columns, ldx));
    Check.disjoint(
        "dx",
        dx,
        dxOffset,
        span,
        "targets",
        targets,
        targetsOffset,
        Check.span(rows, columns, ldt));
    Check.disjoint("dx", dx, dxOffset, span, "loss", loss, lossOffset, rows);
  }

  static void weigh(
      int rows,
      int columns,
      float[] weights,
      int weightsOffset,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset) {
    Check.atLeast("rows", rows, 0);
    Check.atLeast("columns", columns, 0);
    long n = (long) rows * columns;
    Check.range("weights", weights, weightsOffset, rows);
    Check.range("x", x, xOffset, n);
    Check.range("y", y, yOffset, n);
    Check.sameOrDisjoint("y", y, yOffset, "x", x, xOffset, n);
    Check.disjoint("y", y, yOffset, n, "weights", weights, weightsOffset, rows);
  }
}
