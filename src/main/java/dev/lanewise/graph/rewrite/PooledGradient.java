package dev.lanewise.graph.rewrite;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Rewriting;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.op.AddBiasOp;
import dev.lanewise.graph.op.Conv2dOp;
import dev.lanewise.graph.op.MaxPool2dOp;
import dev.lanewise.graph.op.StepOp;
import dev.lanewise.kernel.TileSource;
import dev.lanewise.kernel.conv2d.Conv2d;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.pool.Pool2dShape;
import org.jspecify.annotations.Nullable;

/**
 * Has the gradients of a convolution's weights and of a bias read the gradient behind a pooling of
 * 2 × 2 windows before it is spread. That of weights only if nothing but gradients of weights and
 * biases is wanted there (in a first layer): nobody then spreads it.
 */
final class PooledGradient implements Rule {
  @Override
  public @Nullable Node apply(Node node, Rewriting rewriting) {
    if (!isOfParameters(node)) {
      return null;
    }
    Node dy = node.inputs().getLast();
    if (!(dy.op() instanceof MaxPool2dOp.Gradient(Pool2dShape window)) || !window.isTwoByTwo()) {
      return null;
    }
    String name = node.op().name() + " behind max pool";
    if (!(node.op() instanceof Conv2dOp.WeightGradient(Conv2dShape sizes))) {
      StepOp bias = new StepOp(name, node.shape(), binding -> bias(binding, window));
      return rewriting.add(bias, dy.input(0), dy.input(1));
    }
    StepOp weights = new StepOp(name, node.shape(), binding -> weights(binding, sizes, window));
    return rewriting.readers(dy).stream().allMatch(PooledGradient::isOfParameters)
        ? rewriting.add(weights, node.input(0), dy.input(0), dy.input(1))
        : null;
  }

  private static boolean isOfParameters(Node gradient) {
    return gradient.op() instanceof Conv2dOp.WeightGradient
        || gradient.op() instanceof AddBiasOp.Gradient;
  }

  /** From the images, input 0, the gradient of the pooled output, input 1, and the winners. */
  private static Runnable weights(Binding binding, Conv2dShape sizes, Pool2dShape window) {
    Conv2d kernel = binding.kernels().conv2d();
    int batch = binding.inputShape(0).dim(0);
    Conv2dShape shape = sizes.withBatch(batch);
    float[] x = binding.input(0);
    TileSource dy = unpooled(binding, 1, window.withBatch(batch));
    float[] dw = binding.value();
    return () -> kernel.backwardWeights(shape, x, 0, dy, dw, 0);
  }

  /** From the gradient of the pooled output, input 0, and the winners. */
  private static Runnable bias(Binding binding, Pool2dShape window) {
    Conv2d kernel = binding.kernels().conv2d();
    Pool2dShape pool = window.withBatch(binding.inputShape(0).dim(0));
    TileSource dy = unpooled(binding, 0, pool);
    Conv2dShape pixels =
        Conv2dShape.valid(pool.batch(), pool.inHeight(), pool.inWidth(), 1, pool.channels(), 1, 1);
    float[] db = binding.value();
    return () -> kernel.backwardBias(pixels, dy, db, 0);
  }

  private static TileSource unpooled(Binding binding, int input, Pool2dShape pool) {
    float[] dy = binding.input(input);
    int[] argmax = binding.ints(input + 1);
    return binding.kernels().maxPool2d().unpooled(pool, dy, 0, argmax, 0);
  }
}
