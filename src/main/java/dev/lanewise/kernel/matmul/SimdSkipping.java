package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;

/**
 * Computes a rectangle of C = A·B on one thread, skipping the terms whose element of A is zero: a
 * layer's input behind ReLU and dropout, and the gradient that comes back through them, are mostly
 * zeros.
 *
 * <p>The bits are those of the whole chain. A skipped term is fma(±0, b, acc), and that is acc,
 * unless
 *
 * <ul>
 *   <li>b is not finite: then the terms of its piece of B are all computed, the zeros too;
 *   <li>acc is −0, which only a product too small for a float leaves behind: the next term that is
 *       not zero forgets it, so only a chain that ends in −0 is computed again, term by term.
 * </ul>
 *
 * <p>From the outside in: blocks of rows, whose terms are listed; blocks of columns; pieces of the
 * chain, so that a piece of B stays in the first-level cache for all rows; panels of 8 vectors.
 */
final class SimdSkipping {
  static final int COLUMNS = SimdSkipKernel.COLUMNS;

  /** Elements of B that rows run over together: 24 KB leave room for a few rows of C. */
  private static final int PIECE = 6144;

  /** Most rows whose terms are listed together. */
  private static final int MOST_ROWS = 96;

  private final SimdBlocking blocking;
  private int[] index = {};
  private float[] value = {};
  private int[] length = {};
  private float[] packedB = {};
  private float[] chains = {};
  private final float[] square = new float[VectorWidth.LANES * VectorWidth.LANES];

  /** Terms of a piece; row i's list of piece t begins at (t · rows + i) · piece. */
  private int piece;

  /** The lists of a piece of B that is not finite: all its terms. */
  private final Whole whole = new Whole();

  private static final class Whole {
    int[] index = {};
    float[] value = {};
    int[] length = {};
  }

  SimdSkipping(SimdBlocking blocking) {
    this.blocking = blocking;
  }

  /**
   * Returns whether skipping is possible and pays: a chain is neither scaled nor added to, C is
   * wide enough, and a sample of A is mostly zeros. The bits do not depend on the answer.
   */
  static boolean pays(SimdProduct x, SimdBlocking blocking) {
    return x.alpha == 1
        && x.beta == 0
        && x.n >= COLUMNS
        && (double) x.m * x.n * x.k >= 16.0 * blocking.small()
        && mostlyZeros(x, blocking.sample());
  }

  /** Looks at some elements all over A; fewer than half of them may differ from 0. */
  private static boolean mostlyZeros(SimdProduct x, int sample) {
    int others = 0;
    int at = 0;
    for (int s = 0; s < sample; s++) {
      at = at * 0x915F77F5 + 1; // a full-period congruence: any fixed sequence would do
      int i = (int) ((Integer.toUnsignedLong(at) * x.m) >>> 32);
      int p = (int) ((Integer.toUnsignedLong(at * 0x9E3779B9) * x.k) >>> 32);
      others += nonzero(x.a[x.aOffset + i * x.aRowStride + p * x.aTermStride]);
    }
    return 2 * others < sample;
  }

  /** 1 for all but ±0, without a branch: what is zero follows no pattern. */
  private static int nonzero(float x) {
    int bits = Float.floatToRawIntBits(x) << 1;
    return (bits | -bits) >>> 31;
  }

  void compute(SimdProduct x, int firstRow, int endRow, int firstColumn, int endColumn) {
    int rows = endRow - firstRow;
    int block = blocking.block();
    int leastRows = TileSizes.leastRows(rows, x.rowGranule, x.columnGranule, block);
    int blockColumns =
        TileSizes.columns(endColumn - firstColumn, leastRows, x.columnGranule, block);
    int few = Math.max(leastRows, Math.min(MOST_ROWS, block / blockColumns));
    int blockRows = (int) Math.min(rows, TileSizes.roundUp(few, x.rowGranule));
    piece = TileSizes.evenly(x.k, Math.max(1, Math.min(blocking.kc(), PIECE / COLUMNS)), 1);
    for (int i = firstRow; i < endRow; i += blockRows) {
      int height = Math.min(blockRows, endRow - i);
      list(x, i, height);
      for (int j = firstColumn; j < endColumn; j += blockColumns) {
        columns(x, i, height, j, Math.min(blockColumns, endColumn - j));
      }
    }
  }

  /** Lists the terms of some rows that are not zero, piece by piece. */
  private void list(SimdProduct x, int i, int rows) {
    int pieces = (x.k + piece - 1) / piece;
    long size = (long) pieces * rows * piece;
    if (index.length < size) {
      index = new int[Math.toIntExact(size)];
      value = new float[index.length];
    }
    if (length.length < pieces * rows) {
      length = new int[pieces * rows];
    }
    for (int t = 0; t < pieces; t++) {
      int terms = Math.min(piece, x.k - t * piece);
      int from = x.aOffset + i * x.aRowStride + t * piece * x.aTermStride;
      if (x.aTermStride == 1) {
        for (int r = 0; r < rows; r++) {
          int list = t * rows + r;
          length[list] = listRow(x.a, from + r * x.aRowStride, terms, list * piece);
        }
      } else {
        Arrays.fill(length, t * rows, (t + 1) * rows, 0);
        for (int p = 0; p < terms; p++) {
          listTerm(x.a, from + p * x.aTermStride, rows, p, t * rows);
        }
      }
    }
  }

  private int listRow(float[] a, int from, int terms, int list) {
    int to = list;
    for (int p = 0; p < terms; p++) {
      float element = a[from + p];
      index[to] = p;
      value[to] = element;
      to += nonzero(element);
    }
    return to - list;
  }

  /** Lists one term of all rows, whose elements are neighbours in a transposed A. */
  private void listTerm(float[] a, int from, int rows, int p, int lists) {
    for (int r = 0; r < rows; r++) {
      float element = a[from + r];
      int count = length[lists + r];
      int to = (lists + r) * piece + count;
      index[to] = p;
      value[to] = element;
      length[lists + r] = count + nonzero(element);
    }
  }

  /** A block of C: all its chains, then the consumer. */
  private void columns(SimdProduct x, int i, int rows, int j, int columns) {
    boolean inPlace = !x.tiles;
    int panels = (columns + COLUMNS - 1) / COLUMNS;
    int wide = columns / COLUMNS * COLUMNS;
    if (!inPlace || wide < columns) {
      chains = grown(chains, (long) rows * panels * COLUMNS);
    }
    float[] tile = inPlace ? x.c : chains;
    int offset = inPlace ? x.cOffset + i * x.ldc + j : 0;
    int ld = inPlace ? x.ldc : panels * COLUMNS;
    for (int v = 0; v < wide; v += COLUMNS) {
      panel(x, i, rows, j + v, COLUMNS, tile, offset + v, ld);
    }
    if (wide < columns) {
      int to = inPlace ? 0 : wide;
      panel(x, i, rows, j + wide, columns - wide, chains, to, inPlace ? COLUMNS : ld);
      if (inPlace) {
        for (int r = 0; r < rows; r++) {
          System.arraycopy(chains, r * COLUMNS, tile, offset + wide + r * ld, columns - wide);
        }
      }
    }
    x.consumer.accept(tile, offset, ld, i, rows, j, columns);
  }

  /** All terms of a panel's chains. */
  private void panel(
      SimdProduct x, int i, int rows, int j, int columns, float[] c, int offset, int ld) {
    float[] b = x.b;
    int bOffset = x.bOffset + j;
    int ldb = x.bTermStride;
    if (x.bColumnStride != 1 || columns < COLUMNS) {
      packedB = grown(packedB, (long) x.k * COLUMNS);
      SimdPackB.packWide(
          x.b,
          x.bOffset + j * x.bColumnStride,
          x.bColumnStride,
          x.bTermStride,
          columns,
          x.k,
          packedB,
          COLUMNS,
          square);
      b = packedB;
      bOffset = 0;
      ldb = COLUMNS;
    }
    for (int r = 0; r < rows; r++) {
      Arrays.fill(c, offset + r * ld, offset + r * ld + COLUMNS, 0f);
    }
    for (int p = 0; p < x.k; p += piece) {
      int terms = Math.min(piece, x.k - p);
      int from = bOffset + p * ldb;
      if (SimdSkipKernel.finite(terms, COLUMNS, b, from, ldb)) {
        int list = p / piece * rows;
        SimdSkipKernel.multiply(
            rows, index, value, list * piece, piece, length, list, b, from, ldb, c, offset, ld);
      } else {
        listWhole(x, i, rows, p, terms);
        SimdSkipKernel.multiply(
            rows, whole.index, whole.value, 0, terms, whole.length, 0, b, from, ldb, c, offset, ld);
      }
    }
    for (int r = 0; r < rows; r++) {
      if (SimdSkipKernel.hasMinusZero(COLUMNS, c, offset + r * ld)) {
        repeat(x, i + r, j, columns, c, offset + r * ld);
      }
    }
  }

  private void listWhole(SimdProduct x, int i, int rows, int p, int terms) {
    if (whole.index.length < rows * terms) {
      whole.index = new int[rows * terms];
      whole.value = new float[rows * terms];
      whole.length = new int[rows * terms];
    }
    for (int r = 0; r < rows; r++) {
      whole.length[r] = terms;
      for (int q = 0; q < terms; q++) {
        whole.index[r * terms + q] = q;
        whole.value[r * terms + q] =
            x.a[x.aOffset + (i + r) * x.aRowStride + (p + q) * x.aTermStride];
      }
    }
  }

  /** Computes the elements of a row that are −0 again, term by term. */
  private static void repeat(SimdProduct x, int i, int j, int columns, float[] c, int offset) {
    for (int v = 0; v < columns; v++) {
      if (Float.floatToRawIntBits(c[offset + v]) == Integer.MIN_VALUE) {
        float chain = 0;
        for (int p = 0; p < x.k; p++) {
          chain =
              Fma.fma(
                  x.a[x.aOffset + i * x.aRowStride + p * x.aTermStride],
                  x.b[x.bOffset + (j + v) * x.bColumnStride + p * x.bTermStride],
                  chain);
        }
        c[offset + v] = chain;
      }
    }
  }

  private static float[] grown(float[] array, long size) {
    return array.length >= size ? array : new float[Math.toIntExact(size)];
  }
}
