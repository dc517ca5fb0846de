package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.support.Lanes;

/** What both twins work on a row in: lanes, and its terms. */
final class LossRow {
  final Lanes lanes = new Lanes();
  float[] terms = {};

  /** Makes room for the terms of a row. */
  void grow(int columns) {
    if (terms.length < columns) {
      terms = new float[columns];
    }
  }
}
