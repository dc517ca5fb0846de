package dev.lanewise.kernel.update;

import dev.lanewise.kernel.Kernel;

/**
 * Optimizer updates in place, element by element: one call for any stretch of a variable's weights,
 * their gradient and their state. Formulas as in Keras 3 unless a method says otherwise.
 *
 * <p><b>Bits.</b> The formulas below, operation by operation; fma is one rounding. New state is
 * computed, flushed, stored, then used. Flushing: {@code abs(s) < threshold ? +0 : s} for means and
 * velocities, {@code s < threshold ? +0 : s} for second moments; with threshold 0 nothing is
 * flushed, and NaN always stays. The contract's thresholds are {@link #FLUSH_MEAN} and {@link
 * #FLUSH_SQUARE}; without them the state of weights whose gradient stays zero decays into subnormal
 * numbers, and a step becomes some ten times slower. Weights and gradients are not flushed.
 *
 * <p><b>Aliasing.</b> Weights, gradient and states must not share elements.
 *
 * <p>All methods throw {@link IllegalArgumentException}, before anything is written, if a stretch
 * leaves its array or two stretches overlap. Hyper-parameters are taken as they are.
 */
public interface Update extends Kernel {
  /** Means, velocities and mean gradients closer to 0 than this become +0. */
  float FLUSH_MEAN = 0x1p-100f;

  /** Second moments and accumulators below this become +0: the smallest normal float. */
  float FLUSH_SQUARE = 0x1p-126f;

  /**
   * Gradient descent: w = fma(−learningRate, g, w).
   *
   * @param n number of weights
   * @param w the weights, updated
   * @param wOffset where they begin
   * @param g the gradient
   * @param gOffset where it begins
   * @param learningRate the step size
   */
  void sgd(int n, float[] w, int wOffset, float[] g, int gOffset, float learningRate);

  /**
   * Gradient descent with momentum: v = flush(fma(momentum, v, −(learningRate · g))); then w = w +
   * v, or, with Nesterov's rule, w = w + fma(momentum, v, −(learningRate · g)) with the new v.
   *
   * @param n number of weights
   * @param w the weights, updated
   * @param wOffset where they begin
   * @param g the gradient
   * @param gOffset where it begins
   * @param v the velocity, updated
   * @param vOffset where it begins
   * @param learningRate the step size
   * @param momentum the share of the old velocity that stays
   * @param nesterov whether Nesterov's rule is used
   * @param flush velocities closer to 0 become +0
   */
  void momentum(
      int n,
      float[] w,
      int wOffset,
      float[] g,
      int gOffset,
      float[] v,
      int vOffset,
      float learningRate,
      float momentum,
      boolean nesterov,
      float flush);

  /**
   * Adam (D. Kingma and J. Ba, 2015), in Keras's form with ε beside the uncorrected root: m =
   * flush(fma(oneMinusBeta1, g, beta1 · m)); v = flush(fma(oneMinusBeta2, g · g, beta2 · v)); w = w
   * − (alpha · m) / (sqrt(v) + epsilon).
   *
   * @param n number of weights
   * @param w the weights, updated
   * @param wOffset where they begin
   * @param g the gradient
   * @param gOffset where it begins
   * @param m the first moment, updated
   * @param mOffset where it begins
   * @param v the second moment, updated
   * @param vOffset where it begins
   * @param alpha the corrected step size, learningRate · √(1 − beta2ᵗ) / (1 − beta1ᵗ)
   * @param beta1 the share of the old first moment that stays
   * @param oneMinusBeta1 1 − beta1, rounded once
   * @param beta2 the share of the old second moment that stays
   * @param oneMinusBeta2 1 − beta2, rounded once
   * @param epsilon added to the root
   * @param flushMean first moments closer to 0 become +0
   * @param flushSquare second moments below become +0
   */
  void adam(
      int n,
      float[] w,
      int wOffset,
      float[] g,
      int gOffset,
      float[] m,
      int mOffset,
      float[] v,
      int vOffset,
      float alpha,
      float beta1,
      float oneMinusBeta1,
      float beta2,
      float oneMinusBeta2,
      float epsilon,
      float flushMean,
      float flushSquare);
}
