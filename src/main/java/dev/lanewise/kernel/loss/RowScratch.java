package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.support.Lanes;

/** What the scalar twin works with: lanes, and a row for what is not yet an output. */
final class RowScratch {
  final Lanes lanes = new Lanes();

  private float[] row = {};

  /** A row of at least {@code columns} elements. */
  float[] row(int columns) {
    if (row.length < columns) {
      row = new float[columns];
    }
    return row;
  }
}
