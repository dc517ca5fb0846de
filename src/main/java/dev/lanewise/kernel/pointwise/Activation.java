package dev.lanewise.kernel.pointwise;

import dev.lanewise.kernel.Kernel;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.support.BiasReluTiles;
import dev.lanewise.kernel.support.Check;

/**
 * Bias and ReLU and their gradients, over vectors and row-major matrices.
 *
 * <p><b>Bits.</b> Bias: y = x + bias[column]. ReLU: y = x &lt;= 0 ? +0 : x, so −0 gives +0 and NaN
 * stays. Its gradient: dx = y &gt; 0 ? dy : +0, a select on the forward output (a NaN output passes
 * no gradient); scaled, it is y &gt; 0 ? dy · scale : +0, one rounding. Bias then ReLU is the one
 * after the other.
 *
 * <p><b>Aliasing.</b> An output may be the very same stretch as an input (an in-place call); any
 * other overlap is refused.
 *
 * <p>All methods throw {@link IllegalArgumentException}, before anything is written, if a size is
 * negative, a stretch leaves its array, a leading dimension is too small, or an output overlaps an
 * input partly.
 */
public interface Activation extends Kernel {
  /**
   * Adds a bias to each row: y[i][j] = x[i][j] + bias[j].
   *
   * @param rows number of rows
   * @param columns number of columns
   * @param x holds the input matrix
   * @param xOffset where it begins
   * @param ldx its leading dimension
   * @param bias holds one value a column
   * @param biasOffset where they begin
   * @param y takes the output matrix
   * @param yOffset where it begins
   * @param ldy its leading dimension
   */
  void addBias(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] bias,
      int biasOffset,
      float[] y,
      int yOffset,
      int ldy);

  /**
   * Adds a bias to each row and applies ReLU: y[i][j] = relu(x[i][j] + bias[j]).
   *
   * @param rows number of rows
   * @param columns number of columns
   * @param x holds the input matrix
   * @param xOffset where it begins
   * @param ldx its leading dimension
   * @param bias holds one value a column
   * @param biasOffset where they begin
   * @param y takes the output matrix
   * @param yOffset where it begins
   * @param ldy its leading dimension
   */
  void addBiasRelu(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] bias,
      int biasOffset,
      float[] y,
      int yOffset,
      int ldy);

  /**
   * Applies ReLU: y[i] = x[i] &lt;= 0 ? +0 : x[i].
   *
   * @param n number of elements
   * @param x holds the input
   * @param xOffset where it begins
   * @param y takes the output
   * @param yOffset where it begins
   */
  void relu(int n, float[] x, int xOffset, float[] y, int yOffset);

  /**
   * Computes ReLU's gradient: dx[i] = y[i] &gt; 0 ? dy[i] : +0.
   *
   * @param n number of elements
   * @param y holds ReLU's output
   * @param yOffset where it begins
   * @param dy holds the gradient with respect to the output
   * @param dyOffset where it begins
   * @param dx takes the gradient with respect to the input
   * @param dxOffset where it begins
   */
  default void backwardRelu(
      int n, float[] y, int yOffset, float[] dy, int dyOffset, float[] dx, int dxOffset) {
    backwardScaledRelu(n, 1, y, yOffset, dy, dyOffset, dx, dxOffset);
  }

  /**
   * Computes the gradient of ReLU and then dropout: dx[i] = y[i] &gt; 0 ? dy[i] · scale : +0. With
   * y what dropout left, this needs no random numbers: a dropped element is not above 0.
   *
   * @param n number of elements
   * @param scale what kept elements were multiplied by
   * @param y holds dropout's output
   * @param yOffset where it begins
   * @param dy holds the gradient with respect to the output
   * @param dyOffset where it begins
   * @param dx takes the gradient with respect to ReLU's input
   * @param dxOffset where it begins
   */
  void backwardScaledRelu(
      int n,
      float scale,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      float[] dx,
      int dxOffset);

  /**
   * Returns a consumer that adds a bias to tiles in place.
   *
   * @param bias holds one value an output column; read anew at every tile
   * @param biasOffset where they begin
   * @return the consumer
   */
  default TileConsumer biasTiles(float[] bias, int biasOffset) {
    Check.range("bias", bias, biasOffset, 0);
    return (tile, offset, ld, row, rows, column, columns) ->
        addBias(rows, columns, tile, offset, ld, bias, biasOffset + column, tile, offset, ld);
  }

  /**
   * Returns a consumer that adds a bias to tiles and applies ReLU, in place.
   *
   * @param bias holds one value an output column; read anew at every tile
   * @param biasOffset where they begin
   * @return the consumer
   */
  default TileConsumer biasReluTiles(float[] bias, int biasOffset) {
    Check.range("bias", bias, biasOffset, 0);
    return new BiasReluTiles(
        bias,
        biasOffset,
        (tile, at, ld, row, rows, column, columns) ->
            addBiasRelu(rows, columns, tile, at, ld, bias, biasOffset + column, tile, at, ld));
  }

  /**
   * Returns a consumer that applies ReLU to tiles in place.
   *
   * @return the consumer
   */
  default TileConsumer reluTiles() {
    return (tile, offset, ld, row, rows, column, columns) -> {
      for (int i = 0; i < rows; i++) {
        relu(columns, tile, offset + i * ld, tile, offset + i * ld);
      }
    };
  }

  /**
   * Adds a bias to each row of a whole matrix without gaps.
   *
   * @param rows number of rows
   * @param columns number of columns
   * @param x the matrix
   * @param bias one value a column
   * @param y takes the output matrix; may be x
   */
  default void addBias(int rows, int columns, float[] x, float[] bias, float[] y) {
    int ld = Math.max(1, columns);
    addBias(rows, columns, x, 0, ld, bias, 0, y, 0, ld);
  }

  /**
   * Adds a bias to each row of a whole matrix without gaps and applies ReLU.
   *
   * @param rows number of rows
   * @param columns number of columns
   * @param x the matrix
   * @param bias one value a column
   * @param y takes the output matrix; may be x
   */
  default void addBiasRelu(int rows, int columns, float[] x, float[] bias, float[] y) {
    int ld = Math.max(1, columns);
    addBiasRelu(rows, columns, x, 0, ld, bias, 0, y, 0, ld);
  }

  /**
   * Applies ReLU to a whole array.
   *
   * @param x the input
   * @param y takes the output, as long as x; may be x
   */
  default void relu(float[] x, float[] y) {
    Check.sameLength("y", y, "x", x);
    relu(x.length, x, 0, y, 0);
  }
}
