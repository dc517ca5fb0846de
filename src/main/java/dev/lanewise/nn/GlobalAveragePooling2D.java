package dev.lanewise.nn;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.tensor.Shape;
import java.util.List;

/** The average of each channel over the whole image (Keras's GlobalAveragePooling2D). */
public record GlobalAveragePooling2D() implements Layer {
  @Override
  public Shape outputShape(Shape input) {
    Padding.image(kind(), input);
    return Shape.of(input.dim(2));
  }

  @Override
  public Node apply(Ops ops, Node x, List<Variable> weights, boolean training, int stream) {
    Shape image = x.shape().sample();
    Pool2dShape whole = Padding.VALID.windows(kind(), image, image.dim(0), image.dim(1), 1, 1);
    return ops.reshape(ops.averagePool2d(x, whole), outputShape(image).batched());
  }
}
