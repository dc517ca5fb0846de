package dev.lanewise.kernel.update;

import dev.lanewise.kernel.Kernel;

/**
 * Optimizer updates in place, element by element: one call for any stretch of a variable's weights,
 * their gradient and their state.
 *
 * <p>Weights and states lie alike: the state of {@code w[offset + i]} is at {@code offset + i} of
 * its array. The gradient has an offset of its own. A state that an optimizer may do without is
 * left out by an array of length 0.
 *
 * <p>One formula serves the rules of Keras and of PyTorch; {@code inner}, {@code outer}, {@code
 * inside} and {@code outside} say where a learning rate or an epsilon stands.
 *
 * <p><b>Bits.</b> The formulas below, operation by operation; fma is one rounding. In all of them
 * {@code g} stands for the gradient, or, if {@code decay} is not 0, for fma(decay, w, g): weight
 * decay as an L2 term. New state is computed, flushed, stored, then used. Flushing: {@code abs(s) <
 * threshold ? +0 : s} for means and velocities, {@code s < threshold ? +0 : s} for second moments
 * and accumulators; with threshold 0 nothing is flushed, and NaN always stays. The contract's
 * thresholds are {@link #FLUSH_MEAN} and {@link #FLUSH_SQUARE}; without them the state of weights
 * whose gradient stays zero decays into subnormal numbers, and a step becomes some ten times
 * slower. Weights and gradients are not flushed.
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
   * Gradient descent: w = fma(−rate, g, w).
   *
   * @param n number of weights
   * @param w the weights, updated
   * @param offset where they begin
   * @param g the gradient
   * @param gOffset where it begins
   * @param rate the learning rate
   * @param decay the L2 term's factor
   */
  void sgd(int n, float[] w, int offset, float[] g, int gOffset, float rate, float decay);

  /**
   * Gradient descent with momentum: v = flush(fma(momentum, v, −(inner · g))); then w = fma(outer,
   * v, w), or, with Nesterov's rule, w = fma(outer, fma(momentum, v, −(inner · g)), w) with the new
   * v.
   *
   * <p>Keras has the learning rate in the velocity: inner is the rate, outer 1. PyTorch has it
   * outside, and its velocity points up the gradient: inner is dampening − 1 (−1 at the first
   * step), outer minus the rate.
   *
   * @param n number of weights
   * @param w the weights, updated
   * @param offset where they and the state begin
   * @param g the gradient
   * @param gOffset where it begins
   * @param v the velocity, updated
   * @param inner what the gradient is multiplied by
   * @param momentum the share of the old velocity that stays
   * @param outer what the velocity is multiplied by
   * @param nesterov whether Nesterov's rule is used
   * @param decay the L2 term's factor
   * @param flush velocities closer to 0 become +0
   */
  void momentum(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] v,
      float inner,
      float momentum,
      float outer,
      boolean nesterov,
      float decay,
      float flush);

  /**
   * Adagrad (J. Duchi, E. Hazan, Y. Singer, 2011): a = flush(fma(g, g, a)); w = w − (rate · g) /
   * (sqrt(a + inside) + outside).
   *
   * @param n number of weights
   * @param w the weights, updated
   * @param offset where they and the state begin
   * @param g the gradient
   * @param gOffset where it begins
   * @param a the sum of squares, updated
   * @param rate the learning rate
   * @param inside epsilon, if it is added under the root (Keras), otherwise 0
   * @param outside epsilon, if it is added to the root (PyTorch), otherwise 0
   * @param decay the L2 term's factor
   * @param flush sums below become +0
   */
  void adagrad(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] a,
      float rate,
      float inside,
      float outside,
      float decay,
      float flush);

  /**
   * Adadelta (M. Zeiler, 2012): a = flush(fma(oneMinusBeta2, g · g, beta2 · a)); d = (g · sqrt(x +
   * epsilon)) / sqrt(a + epsilon) with the old x; x = flush(fma(oneMinusBeta2, d · d, beta2 · x));
   * w = fma(−rate, d, w).
   *
   * @param n number of weights
   * @param w the weights, updated
   * @param offset where they and the states begin
   * @param g the gradient
   * @param gOffset where it begins
   * @param a the mean square of the gradient, updated
   * @param x the mean square of the change, updated
   * @param moments beta2 is Adadelta's ρ; nothing else of beta1 is used
   * @param rate the learning rate
   * @param epsilon added under both roots
   * @param decay the L2 term's factor
   */
  void adadelta(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] a,
      float[] x,
      Moments moments,
      float rate,
      float epsilon,
      float decay);

  /**
   * RMSprop (T. Tieleman and G. Hinton, 2012): v = flush(fma(oneMinusBeta2, g · g, beta2 · v)); c =
   * v, or, with a mean, mean = flush(fma(oneMinusBeta1, g, beta1 · mean)) and c = fma(−mean, mean,
   * v), +0 in place of a c below 0; s = (inner · g) / (sqrt(c + inside) + outside); with a velocity
   * b = flush(fma(momentum, b, s)) and s = b; w = fma(−outer, s, w).
   *
   * <p>Keras has the learning rate in s: inner is the rate, outer 1. PyTorch with momentum has it
   * outside: inner 1, outer the rate.
   *
   * @param n number of weights
   * @param w the weights, updated
   * @param offset where they and the states begin
   * @param g the gradient
   * @param gOffset where it begins
   * @param v the mean square of the gradient, updated
   * @param mean the mean gradient, updated; length 0: not centered
   * @param b the velocity, updated; length 0: no momentum
   * @param moments both betas are RMSprop's ρ
   * @param inner what the gradient is multiplied by
   * @param momentum the share of the old velocity that stays
   * @param outer what the quotient or the velocity is multiplied by
   * @param inside epsilon, if it is added under the root (Keras), otherwise 0
   * @param outside epsilon, if it is added to the root (PyTorch), otherwise 0
   * @param decay the L2 term's factor
   */
  void rmsprop(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] v,
      float[] mean,
      float[] b,
      Moments moments,
      float inner,
      float momentum,
      float outer,
      float inside,
      float outside,
      float decay);

  /**
   * Adam (D. Kingma and J. Ba, 2015) with ε beside the uncorrected root: m =
   * flush(fma(oneMinusBeta1, g, beta1 · m)); v = flush(fma(oneMinusBeta2, g · g, beta2 · v)); w = w
   * − (alpha · m) / (sqrt(v) + epsilon). AMSGrad (S. Reddi, S. Kale, S. Kumar, 2018) has h =
   * flush(h ≥ v ? h : v) in v's place in the last formula.
   *
   * <p>PyTorch adds ε to the corrected root: pass ε · √(1 − beta2ᵗ).
   *
   * @param n number of weights
   * @param w the weights, updated
   * @param offset where they and the states begin
   * @param g the gradient
   * @param gOffset where it begins
   * @param m the first moment, updated
   * @param v the second moment, updated
   * @param h the largest second moment, updated; length 0: plain Adam
   * @param moments the betas
   * @param alpha the corrected step size, rate · √(1 − beta2ᵗ) / (1 − beta1ᵗ)
   * @param epsilon added to the root
   * @param decay the L2 term's factor
   */
  void adam(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] m,
      float[] v,
      float[] h,
      Moments moments,
      float alpha,
      float epsilon,
      float decay);

  /**
   * Adamax (D. Kingma and J. Ba, 2015): m = flush(fma(oneMinusBeta1, g, beta1 · m)); a = abs(g) +
   * inside; u = beta2 · u ≥ a ? beta2 · u : a, flushed like a second moment; w = w − (alpha · m) /
   * (u + outside).
   *
   * @param n number of weights
   * @param w the weights, updated
   * @param offset where they and the states begin
   * @param g the gradient
   * @param gOffset where it begins
   * @param m the first moment, updated
   * @param u the decaying largest gradient, updated
   * @param moments the betas
   * @param alpha the corrected step size, rate / (1 − beta1ᵗ)
   * @param inside epsilon, if it is added to the gradient's size (PyTorch), otherwise 0
   * @param outside epsilon, if it is added to u (Keras), otherwise 0
   * @param decay the L2 term's factor
   */
  void adamax(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] m,
      float[] u,
      Moments moments,
      float alpha,
      float inside,
      float outside,
      float decay);

  /**
   * Nadam (T. Dozat, 2016): m and v as {@link #adam}; w = w − fma(onMoment, m, onGradient · g) /
   * (sqrt(v) + epsilon).
   *
   * <p>With c = rate · √(1 − beta2ᵗ), onMoment is c · μₜ₊₁ / (1 − Pₜ₊₁) and onGradient c · (1 − μₜ)
   * / (1 − Pₜ), P the product of the μ so far; ε is added after the correction: pass ε · √(1 −
   * beta2ᵗ).
   *
   * @param n number of weights
   * @param w the weights, updated
   * @param offset where they and the states begin
   * @param g the gradient
   * @param gOffset where it begins
   * @param m the first moment, updated
   * @param v the second moment, updated
   * @param moments the betas
   * @param onMoment what the first moment is multiplied by
   * @param onGradient what the gradient is multiplied by
   * @param epsilon added to the root
   * @param decay the L2 term's factor
   */
  void nadam(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] m,
      float[] v,
      Moments moments,
      float onMoment,
      float onGradient,
      float epsilon,
      float decay);

  /**
   * FTRL-Proximal (B. McMahan and others, 2013), learning rate power −½: a' = flush(fma(g, g, a));
   * s = (sqrt(a') − sqrt(a)) · perRate; z = flush(z + fma(−s, w, fma(shrinkage, w, g))); a = a'; w
   * = abs(z) ≤ l1 ? +0 : ((z < 0 ? −l1 : l1) − z) / fma(sqrt(a), perRate, l2).
   *
   * @param n number of weights
   * @param w the weights, updated
   * @param offset where they and the states begin
   * @param g the gradient
   * @param gOffset where it begins
   * @param a the sum of squares, updated
   * @param z the linear state, updated
   * @param perRate 1 / rate
   * @param l1 the L1 regularization strength
   * @param l2 2 · (the L2 regularization strength + β / (2 · rate))
   * @param shrinkage 2 · the L2 shrinkage regularization strength
   * @param flushMean linear states closer to 0 become +0
   * @param flushSquare sums below become +0
   */
  void ftrl(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] a,
      float[] z,
      float perRate,
      float l1,
      float l2,
      float shrinkage,
      float flushMean,
      float flushSquare);

  /**
   * Lion (X. Chen and others, 2023): c = fma(oneMinusBeta1, g, beta1 · m) with the old m; m =
   * flush(fma(oneMinusBeta2, g, beta2 · m)), flushed like a mean; w = fma(−rate, c > 0 ? 1 : c < 0
   * ? −1 : c, w).
   *
   * @param n number of weights
   * @param w the weights, updated
   * @param offset where they and the state begin
   * @param g the gradient
   * @param gOffset where it begins
   * @param m the mean gradient, updated
   * @param moments the betas
   * @param rate the learning rate
   * @param decay the L2 term's factor
   */
  void lion(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] m,
      Moments moments,
      float rate,
      float decay);

  /**
   * Decoupled weight decay (I. Loshchilov and F. Hutter, 2019): w = fma(−amount, w, w).
   *
   * @param n number of weights
   * @param w the weights, updated
   * @param offset where they begin
   * @param amount weight decay · learning rate
   */
  void decay(int n, float[] w, int offset, float amount);

  /**
   * A moving average of the weights: average = flush(fma(oneMinusShare, w, share · average)),
   * flushed like a mean.
   *
   * @param n number of weights
   * @param average the average, updated
   * @param averageOffset where it begins
   * @param w the weights
   * @param offset where they begin
   * @param share the share of the old average that stays
   * @param oneMinusShare 1 − share, rounded once
   * @param flush averages closer to 0 become +0
   */
  void average(
      int n,
      float[] average,
      int averageOffset,
      float[] w,
      int offset,
      float share,
      float oneMinusShare,
      float flush);
}
