package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.TileFollower;
import dev.lanewise.graph.op.LayerNormalizationOp.ScaleAndShift;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.loss.BatchNormalization;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Normalizes each channel, the last dimension, of input 0 by its mean and variance over all the
 * rest, the batch included; then multiplies by gamma and adds beta, the inputs behind it, if it has
 * them. Further values are the means and the variances, one a channel.
 *
 * @param epsilon what is added to the variance
 * @param scale whether there is a gamma; without it, it is 1
 * @param center whether there is a beta; without it, it is +0
 */
public record BatchNormalizationOp(float epsilon, boolean scale, boolean center) implements Op {
  @Override
  public String name() {
    return "batch normalization";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.getFirst();
    if (x.rank() < 2 || x.dim(-1) < 1) {
      throw new IllegalArgumentException(
          "batch normalization takes a batch of rows or images with channels, but was given " + x);
    }
    return ScaleAndShift.check(name(), inputs, channels(x));
  }

  private static Shape channels(Shape x) {
    return Shape.of(x.dim(-1));
  }

  @Override
  public List<Value> more(List<Shape> inputs) {
    return more(inputs.getFirst(), "means", "variances");
  }

  private List<Value> more(Shape x, String... names) {
    return Stream.of(names)
        .map(each -> new Value(name() + " " + each, channels(x), false))
        .toList();
  }

  @Override
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    List<Node> inputs =
        new ArrayList<>(List.of(dy, self.input(0), graph.value(self, 1), graph.value(self, 2)));
    if (scale) {
      inputs.add(self.input(1));
    }
    Node gradient = graph.once(new Gradient(this), inputs);
    return graph.value(gradient, scale || input == 0 ? input : 2);
  }

  private ScaleAndShift weights() {
    return new ScaleAndShift(scale, center);
  }

  @Override
  public Runnable step(Binding binding) {
    int n = binding.shape().dim(-1);
    int rows = binding.shape().elements() / n;
    float[] gamma = weights().gamma(1, n, binding);
    float[] beta = weights().beta(1, n, binding);
    float[] mean = ScaleAndShift.further(1, n, binding);
    float[] variance = ScaleAndShift.further(2, n, binding);
    return binding.step(
        (k, _, x, y) ->
            k.batchNormalization()
                .forward(
                    rows, n, x, 0, n, gamma, 0, beta, 0, epsilon, y, 0, n, mean, 0, variance, 0));
  }

  /**
   * The gradients in one pass: reads that with respect to the output, the input, the means, the
   * variances, and gamma if there is one. The value is the gradient with respect to the input;
   * further values are those with respect to gamma and beta.
   *
   * @param op the operation
   */
  public record Gradient(BatchNormalizationOp op) implements Op {
    @Override
    public String name() {
      return op.name() + " gradient";
    }

    @Override
    public List<Value> more(List<Shape> inputs) {
      return op.more(inputs.getFirst(), "gamma gradient", "beta gradient");
    }

    @Override
    public Runnable step(Binding binding) {
      BatchNormalization kernel = binding.kernels().batchNormalization();
      int n = binding.shape().dim(-1);
      int rows = binding.shape().elements() / n;
      float epsilon = op.epsilon;
      float[] dy = binding.input(0);
      float[] x = binding.input(1);
      float[] mean = binding.input(2);
      float[] variance = binding.input(3);
      float[] gamma = op.weights().gamma(4, n, binding);
      float[] dx = binding.value();
      float[] dgamma = ScaleAndShift.further(1, n, binding);
      float[] dbeta = ScaleAndShift.further(2, n, binding);
      return () ->
          kernel.backward(
              rows, n, x, 0, n, gamma, 0, epsilon, mean, 0, variance, 0, dy, 0, n, dx, 0, n, dgamma,
              0, dbeta, 0);
    }
  }

  /**
   * The same with means and variances that are given, inputs 1 and 2, before gamma and beta: what
   * inference does. It follows the tiles of the convolution or product that makes its input.
   *
   * @param op the operation
   */
  public record Inference(BatchNormalizationOp op) implements TileFollower {
    @Override
    public String name() {
      return op.name() + " by given moments";
    }

    @Override
    public Shape shape(List<Shape> inputs) {
      return op.shape(inputs);
    }

    @Override
    public Runnable step(Binding binding) {
      BatchNormalization kernel = binding.kernels().batchNormalization();
      int n = binding.shape().dim(-1);
      int rows = binding.shape().elements() / n;
      float epsilon = op.epsilon;
      float[] x = binding.input(0);
      float[] mean = binding.input(1);
      float[] variance = binding.input(2);
      float[] gamma = op.weights().gamma(3, n, binding);
      float[] beta = op.weights().beta(3, n, binding);
      float[] y = binding.value();
      return () ->
          kernel.normalize(
              rows, n, x, 0, n, gamma, 0, beta, 0, epsilon, mean, 0, variance, 0, y, 0, n);
    }

    @Override
    public TileConsumer consumer(Binding binding) {
      BatchNormalization kernel = binding.kernels().batchNormalization();
      int n = binding.shape().dim(-1);
      float[] mean = binding.input(1);
      float[] variance = binding.input(2);
      float[] gamma = op.weights().gamma(3, n, binding);
      float[] beta = op.weights().beta(3, n, binding);
      return kernel.tiles(gamma, 0, beta, 0, op.epsilon, mean, 0, variance, 0);
    }
  }
}
