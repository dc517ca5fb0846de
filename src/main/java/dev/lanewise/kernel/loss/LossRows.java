package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.support.Lanes;

/**
 * The rows in hand, one object a thread: where they lie, and what the steps of a function hand to
 * each other.
 *
 * <p>Vector loops take whole vectors only, strip by strip. A strip is a row's whole vectors; and
 * where that is not the whole row, also its last vector, which ends with the row, so that some
 * elements are computed twice. A row shorter than a vector is a strip of one vector, of which what
 * lies beyond the row belongs to the rows that follow and are computed later. Where that cannot be,
 * since no more rows follow or the output replaces an input, which would be read too late, rows are
 * copied to where each has whole vectors.
 */
final class LossRows {
  /** The most rows that are in hand at a time: a multiple of every vector's lanes. */
  private static final int MOST = 64;

  /** Elements in hand at a time, where a row has fewer: their steps find them in L1. */
  private static final int ELEMENTS = 2048;

  private static final float[] NONE = {};
  private static final int[] NO_LABELS = {};

  private static final Matrix NO_MATRIX = new Matrix();

  /** The rows in hand of one matrix. */
  static final class Part {
    private Matrix matrix = NO_MATRIX;
    private float[] copy = NONE;
    float[] array = NONE;
    int at;
    int ld;

    /** Where a row begins. */
    int row(int i) {
      return at + i * ld;
    }

    private void begin(Matrix matrix) {
      this.matrix = matrix;
      array = matrix.array;
      ld = matrix.ld;
    }

    private void beginCopy(LossRows rows) {
      if (matrix.array.length > 0) {
        copy = rows.room(copy);
        array = copy;
        at = 0;
        ld = rows.ldE;
      }
    }

    private void copyIn(LossRows rows) {
      if (matrix.array.length > 0) {
        int from = matrix.row(rows.first);
        SimdLoops.copyIn(rows.m, rows.columns, matrix.array, from, matrix.ld, copy, rows.ldE);
      }
    }

    private void copyOut(LossRows rows) {
      if (matrix.array.length > 0) {
        int to = matrix.row(rows.first);
        SimdLoops.copyOut(rows.m, rows.columns, copy, rows.ldE, matrix.array, to, matrix.ld);
      }
    }
  }

  final Lanes lanes = new Lanes();

  private int first;

  /** Number of rows in hand. */
  int m;

  /** Number of columns: what sums are taken over. */
  int columns;

  /** Number of strips in hand. */
  int strips;

  private int whole;

  /** The input; this and what follows is what {@link LossCall} names so. */
  final Part in = new Part();

  final Part other = new Part();
  final Part out = new Part();
  float[] each = NONE;
  int eachAt;
  float scale;
  private int[] labels = NO_LABELS;
  private int labelsAt;

  /** Takes x − max, then exp(x − max): rows of whole vectors without gaps. */
  float[] e = NONE;

  private float[] terms = NONE;

  /** The leading dimension of e and of the terms. */
  int ldE;

  /** Each row's maximum. */
  final float[] max = new float[MOST];

  /** Each row's sum of e, or of dy; or the dot product of dy and y. */
  final float[] sum = new float[MOST];

  /** The logarithms of the sums. */
  final float[] log = new float[MOST];

  private int direct;
  private boolean copied;

  /** Begins a range of a call, which ends before row {@code to}. */
  void begin(LossCall call, int to) {
    int granule = call.granule;
    columns = call.columns;
    ldE = (columns + granule - 1) / granule * granule;
    whole = Math.max(granule, columns / granule * granule);
    boolean inPlace = call.out.sharesWith(call.in) || call.out.sharesWith(call.other);
    direct = columns < ldE && inPlace ? 0 : columns < granule ? direct(call, to) : to;
    copied = false;
    in.begin(call.in);
    other.begin(call.other);
    out.begin(call.out);
    each = call.each.array;
    labels = call.labels;
    scale = call.scale;
    e = room(e);
  }

  /** How many rows of less than a vector can do without copies. */
  private static int direct(LossCall call, int to) {
    Matrix out = call.out;
    boolean gaps = out.array.length > 0 && out.ld > call.columns;
    int written = gaps ? 0 : out.rowsBefore(out.row(to), call.granule);
    int read = call.in.rowsBefore(call.in.array.length, call.granule);
    int readToo = call.other.rowsBefore(call.other.array.length, call.granule);
    return Math.min(Math.min(written, to), Math.min(read, readToo));
  }

  /** Takes rows in hand, at most those before row {@code to}; returns the row after them. */
  int take(LossCall call, int from, int to) {
    first = from;
    m = Math.min(atATime(), (from < direct ? Math.min(direct, to) : to) - from);
    eachAt = call.each.at + from;
    labelsAt = call.labelsAt + from;
    if (from < direct) {
      in.at = call.in.row(from);
      other.at = call.other.row(from);
      out.at = call.out.row(from);
      strips = whole < columns ? 2 * m : m;
    } else {
      if (!copied) {
        copied = true;
        whole = ldE;
        in.beginCopy(this);
        other.beginCopy(this);
        out.beginCopy(this);
      }
      in.copyIn(this);
      other.copyIn(this);
      strips = m;
    }
    return from + m;
  }

  private int atATime() {
    return Math.clamp(ELEMENTS / Math.max(1, columns), 1, MOST);
  }

  private float[] room(float[] array) {
    int length = ldE * atATime();
    return array.length >= length ? array : new float[length];
  }

  /** Gives back the rows in hand. */
  void give() {
    if (copied) {
      out.copyOut(this);
    }
  }

  /** Ends a range: forgets the caller's arrays. */
  void end() {
    in.begin(NO_MATRIX);
    other.begin(NO_MATRIX);
    out.begin(NO_MATRIX);
    each = NONE;
    labels = NO_LABELS;
  }

  /** The row that a strip is of: first come all rows' whole vectors. */
  int rowOf(int strip) {
    return strip < m ? strip : strip - m;
  }

  /** The column where a strip begins. */
  int from(int strip) {
    return strip < m ? 0 : columns - (ldE - whole);
  }

  /** The column where a strip ends. */
  int to(int strip) {
    return strip < m ? whole : columns;
  }

  /** A row's class. */
  int label(int i) {
    return labels[labelsAt + i];
  }

  /** The terms of the losses: rows as those of e. */
  float[] terms() {
    terms = room(terms);
    return terms;
  }

  /** A gradient too small to keep becomes +0. */
  static float flush(float d) {
    return Math.abs(d) < Softmax.FLUSH_GRADIENT ? 0f : d;
  }
}
