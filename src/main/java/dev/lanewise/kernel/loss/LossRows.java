package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.support.Lanes;
import java.util.Arrays;

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

  private static final int[] NO_LABELS = {};

  final Lanes lanes = new Lanes();

  /** Number of rows in hand. */
  int m;

  /** Number of columns. */
  int columns;

  /** Number of strips in hand. */
  int strips;

  /** The input; this and what follows is what {@link LossCall} names so. */
  final Matrix.Part in = new Matrix.Part();

  final Matrix.Part other = new Matrix.Part();
  final Matrix.Part out = new Matrix.Part();
  final Matrix.Part each = new Matrix.Part();
  float scale;
  private int[] labels = NO_LABELS;
  private int labelsAt;

  /** Takes x − max, then exp(x − max). */
  final Matrix.Part e = new Matrix.Part();

  /** The terms of the losses. */
  final Matrix.Part terms = new Matrix.Part();

  /** Each row's maximum. */
  final float[] max = new float[MOST];

  /** Each row's sum of e, or of dy; or the dot product of dy and y. */
  final float[] sum = new float[MOST];

  /** The logarithms of the sums. */
  final float[] log = new float[MOST];

  private int first;
  private int atATime;

  /** Columns in whole vectors of the rows in hand: rounded down where they lie, up in a copy. */
  private int whole;

  private int roundedUp;

  /** Rows before this one need no copy. */
  private int direct;

  private boolean copied;

  /** Begins a range of a call, which ends before row {@code to}. */
  void begin(LossCall call, int to) {
    int granule = call.granule;
    columns = call.columns;
    atATime = Math.clamp(ELEMENTS / Math.max(1, columns), 1, MOST);
    roundedUp = call.roundedUp();
    whole = Math.max(granule, columns / granule * granule);
    boolean inPlace = call.out.sharesWith(call.in) || call.out.sharesWith(call.other);
    direct = columns < roundedUp && inPlace ? 0 : columns < granule ? direct(call, to) : to;
    copied = false;
    in.be(call.in);
    other.be(call.other);
    out.be(call.out);
    each.be(call.each);
    labels = call.labels;
    scale = call.scale;
    e.own(atATime, roundedUp);
  }

  /** How many rows of less than a vector need no copy. */
  private static int direct(LossCall call, int to) {
    Matrix out = call.out;
    boolean gaps = out.array.length > 0 && out.ld > call.columns;
    int written = gaps ? 0 : out.rowsBefore(out.row(to), call.granule);
    int read = call.in.rowsBefore(call.in.array.length, call.granule);
    int readToo = call.other.rowsBefore(call.other.array.length, call.granule);
    return Math.min(Math.min(written, to), Math.min(read, readToo));
  }

  /** Takes rows in hand, all of them before row {@code to}; returns the row after them. */
  int take(LossCall call, int from, int to) {
    first = from;
    m = Math.min(atATime, (from < direct ? Math.min(direct, to) : to) - from);
    each.at = call.each.row(from);
    labelsAt = call.labelsAt + from;
    if (from < direct) {
      in.at = call.in.row(from);
      other.at = call.other.row(from);
      out.at = call.out.row(from);
      strips = whole < columns ? 2 * m : m;
    } else {
      if (!copied) {
        copied = true;
        whole = roundedUp;
        in.own(in.isThere() ? atATime : 0, roundedUp);
        other.own(other.isThere() ? atATime : 0, roundedUp);
        out.own(out.isThere() ? atATime : 0, roundedUp);
      }
      in.copyIn(first, m, 0, columns);
      other.copyIn(first, m, 0, columns);
      strips = m;
    }
    return from + m;
  }

  /** Gives back the rows in hand. */
  void give() {
    if (copied) {
      out.copyOut(first, m, 0, columns);
    }
  }

  /** Ends a range: forgets the caller's arrays. */
  void end() {
    in.end();
    other.end();
    out.end();
    each.end();
    labels = NO_LABELS;
  }

  /** Makes room for the terms. */
  void withTerms() {
    terms.own(atATime, roundedUp);
  }

  /** The row that a strip is of: first come all rows' whole vectors. */
  int rowOf(int strip) {
    return strip < m ? strip : strip - m;
  }

  /** The column where a strip begins. */
  int from(int strip) {
    return strip < m ? 0 : columns - (roundedUp - whole);
  }

  /** The column where a strip ends. */
  int to(int strip) {
    return strip < m ? whole : columns;
  }

  /** A row's class. */
  int label(int i) {
    return labels[labelsAt + i];
  }

  /** Nothing to subtract. */
  static void zeros(LossRows r) {
    Arrays.fill(r.max, 0, r.m, 0f);
  }

  /** The losses of rows with labels. */
  static void labelLosses(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      r.each.set(i, 0, r.log[i] - (r.in.get(i, r.label(i)) - r.max[i]));
    }
  }

  /** Means from sums. */
  static void means(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      r.each.set(i, 0, r.sum[i] / r.columns);
    }
  }

  /** A gradient too small to keep becomes +0. */
  static float flush(float d) {
    return Math.abs(d) < Softmax.FLUSH_GRADIENT ? 0f : d;
  }
}
