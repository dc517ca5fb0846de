package dev.lanewise.kernel.softmax;

import dev.lanewise.kernel.support.Lanes;

/** What one thread needs while it works on rows: lanes, numerators, the terms of a loss. */
final class RowScratch {
  final Lanes lanes = new Lanes();

  private float[] row = {};
  private float[] terms = {};

  /** A row of at least {@code columns} elements. */
  float[] row(int columns) {
    if (row.length < columns) {
      row = new float[columns];
    }
    return row;
  }

  /** A second row of at least {@code columns} elements. */
  float[] terms(int columns) {
    if (terms.length < columns) {
      terms = new float[columns];
    }
    return terms;
  }
}
