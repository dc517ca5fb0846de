package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.VectorWidth;

/** The rows in hand of a softmax kernel: where they lie, and what the passes hand to each other. */
final class SimdSoftmaxRows {
  /** The most rows that are in hand at a time: a multiple of every vector's lanes. */
  static final int MOST = 64;

  /** Elements in hand at a time, where a row has fewer: their passes find them in L1. */
  private static final int ELEMENTS = 2048;

  private static final float[] NONE = {};
  private static final int[] NO_LABELS = {};

  final Lanes lanes = new Lanes();

  /** Number of rows in hand. */
  int m;

  /** Number of columns. */
  int n;

  /** The input: logits x, or the output y of the function whose gradient is wanted. */
  float[] in = NONE;

  int inAt;
  int ldIn;

  /** The second input: dy, or the targets. */
  float[] other = NONE;

  int otherAt;
  int ldOther;

  /** Takes x − max, then exp(x − max): rows of whole vectors, padded with what is never used. */
  float[] e = NONE;

  int ldE;

  /** The output: y or dx. */
  float[] out = NONE;

  int outAt;
  int ldOut;

  /** The terms of the losses with targets: rows as those of e. */
  float[] terms = NONE;

  int[] labels = NO_LABELS;
  int labelsAt;
  float[] loss = NONE;
  int lossAt;

  /** What the gradient is multiplied by. */
  float scale;

  /** Each row's maximum, or what else is subtracted before exp. */
  final float[] max = new float[MOST];

  /** Each row's x − max at the label. */
  final float[] shifted = new float[MOST];

  /** Each row's sum of e, or of dy; or the dot product of dy and y. */
  final float[] sum = new float[MOST];

  /** The logarithms of the sums. */
  final float[] log = new float[MOST];

  /** How many rows of {@code columns} elements are taken in hand at a time. */
  static int atATime(int columns) {
    return Math.clamp(ELEMENTS / Math.max(1, columns), 1, MOST);
  }

  /** Makes room for e. */
  void withE() {
    ldE = VectorWidth.wholeVectors(n + VectorWidth.LANES - 1);
    e = atLeast(e, ldE * atATime(n));
  }

  /** Makes room for the terms of losses. */
  void withTerms() {
    terms = atLeast(terms, ldE * atATime(n));
  }

  private static float[] atLeast(float[] array, int length) {
    return array.length >= length ? array : new float[length];
  }

  /** Forgets the caller's arrays. */
  void clear() {
    in = NONE;
    other = NONE;
    out = NONE;
    labels = NO_LABELS;
    loss = NONE;
  }
}
