package dev.lanewise.kernel.pool;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One implementation of a pooling. A twin has a list of them and uses the first that fits.
 *
 * @param fits whether a call can be done
 * @param forward computes one row of y from x
 * @param backward computes one row of x, the gradient with respect to the input, from y
 * @param backwardByWindows whether {@code backward} takes a row of windows instead, and computes
 *     all rows of x that these see
 * @param biasRelu computes one row of y from x with a bias added and ReLU applied, or null
 */
record PoolLoops(
    Predicate<PoolCall> fits,
    Loop forward,
    Loop backward,
    boolean backwardByWindows,
    @Nullable Loop biasRelu) {
  PoolLoops(Predicate<PoolCall> fits, Loop forward, Loop backward, boolean backwardByWindows) {
    this(fits, forward, backward, backwardByWindows, null);
  }

  /** A loop over one row. */
  interface Loop {
    /** Computes a row, counted through all images. */
    void run(PoolCall call, int row);
  }
}
