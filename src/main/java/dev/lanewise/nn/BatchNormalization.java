package dev.lanewise.nn;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Updater;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.BatchNormalizationOp;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.kernel.update.Update;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings each channel, the last dimension, to mean 0 and variance 1 over the batch, then multiplies
 * by gamma and adds beta (Keras's BatchNormalization): y = (x − mean) / sqrt(variance + epsilon) ·
 * gamma + beta.
 *
 * <p>In training mean and variance are those of the batch, and each step updates their moving
 * averages: moving = momentum · moving + (1 − momentum) · batch. Afterwards they are the moving
 * averages. Gamma and the moving variance begin as ones, beta and the moving mean as zeros. The
 * variance is divided by the number of elements (PyTorch's running variance by one less).
 *
 * @param momentum the share of the old moving average that stays, from 0 to 1 (PyTorch's is the
 *     share of the new one)
 * @param epsilon what is added to the variance, above 0
 * @param center whether beta is added
 * @param scale whether gamma multiplies
 */
public record BatchNormalization(double momentum, double epsilon, boolean center, boolean scale)
    implements Layer {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if momentum is not from 0 to 1, or epsilon is no positive
   *     float
   */
  public BatchNormalization {
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new IllegalArgumentException("momentum is " + momentum + ", but must be from 0 to 1");
    }
    LayerNormalization.checkEpsilon(epsilon);
  }

  /** The layer with Keras's defaults: momentum 0.99, epsilon 0.001, gamma and beta. */
  public BatchNormalization() {
    this(0.99, 1e-3, true, true);
  }

  private BatchNormalizationOp op() {
    return new BatchNormalizationOp((float) epsilon, scale, center);
  }

  @Override
  public Shape outputShape(Shape input) {
    return op().shape(List.of(input.batched())).sample();
  }

  @Override
  public List<Weight> weights(Shape input) {
    Shape channels = Shape.of(input.dim(-1));
    List<Weight> weights = LayerNormalization.scaleAndShift(channels, scale, center);
    weights.add(new Weight("moving_mean", channels, Initializer.ZEROS, 0, false));
    weights.add(new Weight("moving_variance", channels, Initializer.ONES, 0, false));
    return weights;
  }

  @Override
  public Node apply(Ops ops, Node x, List<Variable> weights, boolean training, int stream) {
    int trained = weights.size() - 2;
    Variable mean = weights.get(trained);
    Variable variance = weights.get(trained + 1);
    List<Node> inputs = new ArrayList<>(List.of(x));
    weights.subList(0, trained).forEach(variable -> inputs.add(ops.variable(variable)));
    if (!training) {
      inputs.addAll(1, List.of(ops.variable(mean), ops.variable(variance)));
      return ops.graph().add(new BatchNormalizationOp.Inference(op()), inputs);
    }
    Node y = ops.graph().add(op(), inputs);
    ops.update(mean, ops.graph().value(y, 1), average(mean, Update.FLUSH_MEAN));
    ops.update(variance, ops.graph().value(y, 2), average(variance, Update.FLUSH_SQUARE));
    return y;
  }

  /** Takes a batch's means or variances into their moving averages. */
  private Updater average(Variable moving, float flush) {
    float[] values = moving.values();
    float share = (float) momentum;
    float rest = (float) (1 - momentum);
    return (kernels, batch, offset, from, count) ->
        kernels.average(count, values, from, batch, offset, share, rest, flush);
  }
}
