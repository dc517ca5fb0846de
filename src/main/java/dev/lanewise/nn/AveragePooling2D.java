package dev.lanewise.nn;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * 2-D average-pooling (Keras's AveragePooling2D).
 *
 * @param poolHeight rows of the window
 * @param poolWidth columns of the window
 * @param strideHeight rows from one window to the next
 * @param strideWidth columns from one window to the next
 * @param padding what lies around the image; padding is neither added nor counted
 */
public record AveragePooling2D(
    int poolHeight, int poolWidth, int strideHeight, int strideWidth, Padding padding)
    implements Layer {
  /**
   * Pooling over square windows that touch but do not overlap, with padding "valid".
   *
   * @param pool rows and columns of the window
   */
  public AveragePooling2D(int pool) {
    this(pool, pool, pool, pool, Padding.VALID);
  }

  @Override
  public Shape outputShape(Shape input) {
    Pool2dShape sizes = sizes(input);
    return Shape.of(sizes.outHeight(), sizes.outWidth(), sizes.channels());
  }

  @Override
  public Node apply(Ops ops, Node x, List<Variable> weights, boolean training, int stream) {
    return ops.averagePool2d(x, sizes(x.shape().sample()));
  }

  private Pool2dShape sizes(Shape input) {
    return padding.windows(kind(), input, poolHeight, poolWidth, strideHeight, strideWidth);
  }
}
