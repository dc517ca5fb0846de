package dev.lanewise.kernel.pointwise;

import dev.lanewise.kernel.Kernel;
import dev.lanewise.kernel.support.Check;

/**
 * Activation functions beyond ReLU and their gradients, element by element.
 *
 * <p><b>Bits.</b> The functions are those of {@link dev.lanewise.kernel.math.Nonlinearities},
 * operation for operation; leaky ReLU is x &gt; 0 ? x : slope · x, SELU gamma · elu(x), softsign x
 * / (1 + |x|), hard swish x · hardSigmoid(x). Gradients from the output y: leaky ReLU y &gt; 0 ? dy
 * : slope · dy; ELU y &gt; 0 ? dy : dy · (y + alpha); SELU dy · (y &gt; 0 ? gamma : fma(alpha,
 * gamma, y)); sigmoid dy · (y · (1 − y)); tanh dy · fma(−y, y, 1); hard sigmoid 0 &lt; y &lt; 1 ?
 * dy · alpha : +0. From the input x: softplus dy · sigmoid(x); softsign dy / (1 + |x|)²; the others
 * dy times their slope.
 *
 * <p><b>Aliasing.</b> An output may be the very same stretch as an input (an in-place call); any
 * other overlap is refused.
 *
 * <p>All methods throw {@link IllegalArgumentException}, before anything is written, if a size is
 * negative, a stretch leaves its array, or an output overlaps an input partly.
 */
public interface Nonlinear extends Kernel {
  /**
   * Applies a function: y[i] = f(x[i]).
   *
   * @param function the function
   * @param n number of elements
   * @param x holds the input
   * @param xOffset where it begins
   * @param y takes the output
   * @param yOffset where it begins
   */
  void apply(Nonlinearity function, int n, float[] x, int xOffset, float[] y, int yOffset);

  /**
   * Applies a function to a whole array.
   *
   * @param function the function
   * @param x the input
   * @param y takes the output, as long as x; may be x
   */
  default void apply(Nonlinearity function, float[] x, float[] y) {
    Check.sameLength("y", y, "x", x);
    apply(function, x.length, x, 0, y, 0);
  }

  /**
   * Computes a function's gradient: dx[i] = dy[i] · f′.
   *
   * @param function the function
   * @param n number of elements
   * @param saved holds the function's output, or its input where {@link
   *     Nonlinearity#gradientReadsOutput} is false
   * @param savedOffset where it begins
   * @param dy holds the gradient with respect to the output
   * @param dyOffset where it begins
   * @param dx takes the gradient with respect to the input
   * @param dxOffset where it begins
   */
  void backward(
      Nonlinearity function,
      int n,
      float[] saved,
      int savedOffset,
      float[] dy,
      int dyOffset,
      float[] dx,
      int dxOffset);
}
