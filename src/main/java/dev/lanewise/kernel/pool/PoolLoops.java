package dev.lanewise.kernel.pool;

import java.util.function.Predicate;

/**
 * One implementation of a pooling. A twin has a list of them and uses the first that fits.
 *
 * @param fits whether a call can be done
 * @param forward computes one row of y from x
 * @param backward computes one row of x, the gradient with respect to the input, from y
 * @param backwardByWindows whether {@code backward} takes a row of windows instead, and computes
 *     all rows of x that these see
 * @param biased whether {@code forward} adds a call's bias to x, and applies ReLU
 */
record PoolLoops(
    Predicate<PoolCall> fits,
    Loop forward,
    Loop backward,
    boolean backwardByWindows,
    boolean biased) {
  /** A loop over one row. */
  interface Loop {
    /** Computes a row, counted through all images. */
    void run(PoolCall call, int row);
  }
}
