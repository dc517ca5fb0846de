package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.support.Check;

/** The argument checks of softmax and cross-entropy, the same for both twins. */
final class SoftmaxArguments {
  private SoftmaxArguments() {}

  static void sizes(String columnsName, int rows, int columns) {
    Check.atLeast("rows", rows, 0);
    Check.atLeast(columnsName, columns, rows > 0 ? 1 : 0);
  }

  /** Checks a function of one matrix. */
  static void function(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
    sizes("columns", rows, columns);
    Check.matrix("x", x, xOffset, rows, columns, ldx);
    Check.matrix("y", y, yOffset, rows, columns, ldy);
    sameOrDisjoint(rows, columns, "y", y, yOffset, ldy, "x", x, xOffset, ldx);
  }

  static void gradient(
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
    sizes("columns", rows, columns);
    Check.matrix("y", y, yOffset, rows, columns, ldy);
    Check.matrix("dy", dy, dyOffset, rows, columns, lddy);
    Check.matrix("dx", dx, dxOffset, rows, columns, lddx);
    sameOrDisjoint(rows, columns, "dx", dx, dxOffset, lddx, "y", y, yOffset, ldy);
    sameOrDisjoint(rows, columns, "dx", dx, dxOffset, lddx, "dy", dy, dyOffset, lddy);
  }

  /** Checks the logits and the losses of a cross-entropy. */
  static void losses(
      int rows, int classes, float[] x, int xOffset, int ldx, float[] loss, int lossOffset) {
    sizes("classes", rows, classes);
    Check.matrix("x", x, xOffset, rows, classes, ldx);
    Check.range("loss", loss, lossOffset, rows);
    long span = Check.span(rows, classes, ldx);
    Check.disjoint("loss", loss, lossOffset, rows, "x", x, xOffset, span);
  }

  static void labels(int rows, int classes, int[] labels, int labelsOffset) {
    Check.range("labels", labels, labelsOffset, rows);
    for (int i = 0; i < rows; i++) {
      int label = labels[labelsOffset + i];
      if (label < 0 || label >= classes) {
        throw new IllegalArgumentException(
            "label "
                + label
                + " of row "
                + i
                + " is out of range: it must be from 0 to "
                + (classes - 1)
                + ", since there are "
                + classes
                + " classes");
      }
    }
  }

  static void targets(
      int rows,
      int classes,
      float[] targets,
      int targetsOffset,
      int ldt,
      float[] loss,
      int lossOffset) {
    Check.matrix("targets", targets, targetsOffset, rows, classes, ldt);
    long span = Check.span(rows, classes, ldt);
    Check.disjoint("loss", loss, lossOffset, rows, "targets", targets, targetsOffset, span);
  }

  /** Checks the gradient of a cross-entropy against its logits and losses. */
  static void logitGradient(
      int rows,
      int classes,
      float[] x,
      int xOffset,
      int ldx,
      float[] loss,
      int lossOffset,
      float[] dx,
      int dxOffset,
      int lddx) {
    Check.matrix("dx", dx, dxOffset, rows, classes, lddx);
    sameOrDisjoint(rows, classes, "dx", dx, dxOffset, lddx, "x", x, xOffset, ldx);
    long span = Check.span(rows, classes, lddx);
    Check.disjoint("loss", loss, lossOffset, rows, "dx", dx, dxOffset, span);
  }

  /** Refuses an output matrix that overlaps an input other than by being the very same. */
  static void sameOrDisjoint(
      int rows,
      int columns,
      String out,
      float[] a,
      int aOffset,
      int lda,
      String in,
      float[] b,
      int bOffset,
      int ldb) {
    if (aOffset != bOffset || lda != ldb) {
      long aSpan = Check.span(rows, columns, lda);
      Check.disjoint(out, a, aOffset, aSpan, in, b, bOffset, Check.span(rows, columns, ldb));
    }
  }
}
