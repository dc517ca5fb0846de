package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.support.Check;

/**
 * One call over the rows of matrices: its arguments, which are checked as they are set, and the
 * passes over the rows that compute it.
 *
 * <p>A few rows are in hand at a time ({@link LossRows}), so that a pass finds in the cache what
 * the pass before has left.
 */
final class LossCall extends MatrixCall {
  /** A loop over the rows in hand. */
  interface Pass {
    /** Does the pass. */
    void run(LossRows rows);
  }

  private static final int[] NO_LABELS = {};
  private static final Pass[] NO_PASSES = {};

  private Pass[] passes = NO_PASSES;

  /** The input: logits x, or the output y of the function whose gradient is wanted. */
  final Matrix in = matrix();

  /** The second input: dy, or the targets. */
  final Matrix other = matrix();

  /** The output: y or dx. */
  final Matrix out = matrix();

  /** One number a row: its loss, or its weight. */
  final Matrix each = vector();

  int[] labels = NO_LABELS;
  int labelsAt;

  /** What the gradient is multiplied by. */
  float scale;

  LossCall(int granule) {
    super(granule);
  }

  /** Sets the sizes: rows have at least one of what they are made of. */
  LossCall of(int rows, String what, int columns) {
    Check.atLeast("rows", rows, 0);
    Check.atLeast(what, columns, rows > 0 ? 1 : 0);
    return of(rows, columns);
  }

  /** Sets the sizes. */
  LossCall of(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
    return this;
  }

  LossCall in(String name, float[] in, int offset, int ld) {
    set(this.in, name, in, offset, ld);
    return this;
  }

  LossCall other(String name, float[] other, int offset, int ld) {
    set(this.other, name, other, offset, ld);
    return this;
  }

  /** Sets an output that may be an input. */
  LossCall out(String name, float[] out, int offset, int ld) {
    result(this.out, name, out, offset, ld, true);
    return this;
  }

  /** Sets an output that is apart from all inputs. */
  LossCall outApart(String name, float[] out, int offset, int ld) {
    result(this.out, name, out, offset, ld, false);
    return this;
  }

  /** Sets what is apart from all matrices that are set before, and from the output. */
  LossCall each(String name, float[] each, int offset) {
    this.each.set(name, each, offset, 1, rows, 1);
    apart(this.each);
    return this;
  }

  LossCall labels(int[] labels, int offset) {
    Check.range("labels", labels, offset, rows);
    for (int i = 0; i < rows; i++) {
      int label = labels[offset + i];
      if (label < 0 || label >= columns) {
        throw new IllegalArgumentException(
            "label %s of row %s is out of range: it must be from 0 to %s, since there are %s classes"
                .formatted(label, i, columns - 1, columns));
      }
    }
    this.labels = labels;
    labelsAt = offset;
    return this;
  }

  LossCall scale(float scale) {
    this.scale = scale;
    return this;
  }

  LossCall passes(Pass... passes) {
    this.passes = passes;
    return this;
  }

  @Override
  protected void range(int from, int to, Scratch scratch) {
    LossRows inHand = scratch.object(LossRows.class, LossRows::new);
    inHand.begin(this, to);
    for (int i = from; i < to; ) {
      i = inHand.take(this, i, to);
      // C2 must compile each pass by itself: it inlines the Vector API only until a compilation has
      // made some 18 000 nodes, and boxes the vectors of what comes after. A call that has seen
      // three receivers is not inlined.
      for (Pass pass : passes) {
        pass.run(inHand);
      }
      inHand.give();
    }
    inHand.end();
  }

  @Override
  protected void clear() {
    super.clear();
    labels = NO_LABELS;
    passes = NO_PASSES;
  }
}
