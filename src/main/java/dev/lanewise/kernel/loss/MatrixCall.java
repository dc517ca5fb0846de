package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.parallel.Call;
import dev.lanewise.kernel.parallel.Scratch;
import java.util.ArrayList;
import java.util.List;

/**
 * A call over matrices of one size, and vectors of one number a row or a column. They are checked
 * as they are set, results after the inputs. What a method does not have stays empty, and overlaps
 * nothing.
 */
abstract class MatrixCall extends Call {
  /** Elements that a loop takes at a time: 1, or the lanes of a vector. */
  final int granule;

  int rows;
  int columns;
  private final List<Matrix> all = new ArrayList<>();

  MatrixCall(int granule) {
    this.granule = granule;
  }

  /** Makes one of the call's matrices. */
  final Matrix matrix() {
    return add(new Matrix(true));
  }

  /** Makes one of the call's vectors. */
  final Matrix vector() {
    return add(new Matrix(false));
  }

  private Matrix add(Matrix made) {
    all.add(made);
    return made;
  }

  /** Sets a matrix. */
  final void set(Matrix to, String name, float[] array, int offset, int ld) {
    to.set(name, array, offset, ld, rows, columns);
  }

  /** Sets a matrix that is a result, and may be the very same as another one if that is said. */
  final void result(
      Matrix to, String name, float[] array, int offset, int ld, boolean mayBeAnother) {
    set(to, name, array, offset, ld);
    apart(to, mayBeAnother);
  }

  /** Sets a vector of one number a column. */
  final void row(Matrix to, String name, float[] array, int offset) {
    to.set(name, array, offset, Math.max(1, columns), 1, columns);
  }

  /** Sets a vector of one number a column that is a result. */
  final void resultRow(Matrix to, String name, float[] array, int offset) {
    row(to, name, array, offset);
    apart(to, false);
  }

  /** Refuses a result that overlaps anything. */
  final void apart(Matrix result) {
    apart(result, false);
  }

  private void apart(Matrix result, boolean mayBeAnother) {
    for (int i = 0; i < all.size(); i++) { // an iterator would be garbage
      Matrix other = all.get(i);
      if (mayBeAnother) {
        result.sameAsOrApartFrom(other);
      } else if (other != result) {
        result.apartFrom(other);
      }
    }
  }

  /** The columns, rounded up to whole vectors. */
  final int roundedUp() {
    return (columns + granule - 1) / granule * granule;
  }

  /** Lends a copy of one number a column in memory of whole vectors; undefined if there is none. */
  final float[] copy(Matrix row, int slot, Scratch scratch) {
    float[] copy = scratch.floats(slot, roundedUp());
    copy(columns, row.array, row.at, copy, 0);
    return copy;
  }

  @Override
  protected void clear() {
    all.forEach(Matrix::clear);
  }
}
