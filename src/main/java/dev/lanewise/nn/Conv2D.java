package dev.lanewise.nn;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.Conv2dOp;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * A 2-D convolution with bias (Keras's Conv2D): images (height, width, channels), kernel HWIO.
 *
 * @param filters number of output channels
 * @param kernelHeight rows of the kernel
 * @param kernelWidth columns of the kernel
 * @param strideHeight rows from one output row to the next
 * @param strideWidth columns from one output column to the next
 * @param padding what lies around the image
 * @param dilationHeight rows from one kernel row to the next
 * @param dilationWidth columns from one kernel column to the next
 * @param groups number of groups of channels
 * @param activation what is applied to the output
 * @param initializer what gives the kernel its first values
 * @param l2 the factor of the kernel's L2 penalty, l2 · Σ w², 0 for none
 */
public record Conv2D(
    int filters,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    Padding padding,
    int dilationHeight,
    int dilationWidth,
    int groups,
    ActivationFunction activation,
    Initializer initializer,
    double l2)
    implements Layer {
  /**
   * Checks the penalty; sizes are checked where the input is known.
   *
   * @throws IllegalArgumentException if the penalty is negative
   */
  public Conv2D {
    Dense.penalty(l2);
  }

  /**
   * A convolution with Glorot's uniform kernel and no penalty, as in Keras.
   *
   * @param filters number of output channels
   * @param kernelHeight rows of the kernel
   * @param kernelWidth columns of the kernel
   * @param strideHeight rows from one output row to the next
   * @param strideWidth columns from one output column to the next
   * @param padding what lies around the image
   * @param dilationHeight rows from one kernel row to the next
   * @param dilationWidth columns from one kernel column to the next
   * @param groups number of groups of channels
   * @param activation what is applied to the output
   */
  public Conv2D(
      int filters,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth,
      Padding padding,
      int dilationHeight,
      int dilationWidth,
      int groups,
      ActivationFunction activation) {
    this(
        filters,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padding,
        dilationHeight,
        dilationWidth,
        groups,
        activation,
        Initializer.GLOROT_UNIFORM,
        0);
  }

  /**
   * Returns the same layer with another initializer of its kernel.
   *
   * @param other the initializer
   * @return a new layer
   */
  public Conv2D withInitializer(Initializer other) {
    return with(other, l2);
  }

  /**
   * Returns the same layer with an L2 penalty of its kernel (Keras's kernel_regularizer).
   *
   * @param factor what the sum of squares is multiplied by, at least 0
   * @return a new layer
   */
  public Conv2D withL2(double factor) {
    return with(initializer, factor);
  }

  private Conv2D with(Initializer first, double factor) {
    return new Conv2D(
        filters,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padding,
        dilationHeight,
        dilationWidth,
        groups,
        activation,
        first,
        factor);
  }

  /**
   * A convolution with a square kernel, stride 1, no dilation, one group and padding "valid".
   *
   * @param filters number of output channels
   * @param kernel rows and columns of the kernel
   * @param activation what is applied to the output
   */
  public Conv2D(int filters, int kernel, ActivationFunction activation) {
    this(filters, kernel, kernel, 1, 1, Padding.VALID, 1, 1, 1, activation);
  }

  @Override
  public Shape outputShape(Shape input) {
    Conv2dShape sizes = sizes(input);
    return Shape.of(sizes.outHeight(), sizes.outWidth(), sizes.filters());
  }

  @Override
  public List<Weight> weights(Shape input) {
    return List.of(
        new Weight("kernel", Conv2dOp.weights(sizes(input)), initializer, l2),
        new Weight("bias", Shape.of(filters), Initializer.ZEROS));
  }

  @Override
  public Node apply(Ops ops, Node x, List<Variable> weights, boolean training, int stream) {
    Node kernel = ops.variable(weights.get(0));
    Node bias = ops.variable(weights.get(1));
    Node y = ops.conv2d(x, kernel, sizes(x.shape().sample()));
    return activation.apply(ops, ops.addBias(y, bias));
  }

  private Conv2dShape sizes(Shape input) {
    Padding.image(kind(), input);
    int height = input.dim(0);
    int width = input.dim(1);
    int channels = input.dim(2);
    return padding == Padding.SAME
        ? Conv2dShape.same(
            1,
            height,
            width,
            channels,
            filters,
            kernelHeight,
            kernelWidth,
            strideHeight,
            strideWidth,
            dilationHeight,
            dilationWidth,
            groups)
        : new Conv2dShape(
            1,
            height,
            width,
            channels,
            filters,
            kernelHeight,
            kernelWidth,
            strideHeight,
            strideWidth,
            dilationHeight,
            dilationWidth,
            0,
            0,
            0,
            0,
            groups);
  }
}
