package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.kernel.loss.Normalization;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Normalizes input 0 over its last dimensions, then multiplies by gamma and adds beta, the inputs
 * behind it, each in the shape of those dimensions. Its second value is the rows' statistics, for
 * the gradients.
 *
 * @param dims over how many of the last dimensions
 * @param epsilon what is added to the variance
 * @param scale whether there is a gamma; without it, it is 1
 * @param center whether there is a beta; without it, it is +0
 */
public record LayerNormalizationOp(int dims, float epsilon, boolean scale, boolean center)
    implements Op {
  @Override
  public String name() {
    return "layer normalization";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.getFirst();
    if (dims < 1 || dims > x.rank() - (x.hasBatch() ? 1 : 0) || row(x).elements() == 0) {
      throw new IllegalArgumentException(
          "layer normalization takes elements in the last %s dimensions, but was given %s"
              .formatted(dims, x));
    }
    return ScaleAndShift.check(name(), inputs, row(x));
  }

  /**
   * Returns the shape of what has one mean, and of gamma and beta: the last dimensions.
   *
   * @param x a shape that this normalizes
   * @return a shape without open dimensions
   */
  public Shape row(Shape x) {
    return Shape.of(Arrays.copyOfRange(x.dims(), x.rank() - dims, x.rank()));
  }

  @Override
  public List<Value> more(List<Shape> inputs) {
    int[] x = inputs.getFirst().dims();
    int[] pairs = Arrays.copyOf(x, x.length - dims + 1);
    pairs[x.length - dims] = 2;
    return List.of(new Value(name() + " statistics", Shape.of(pairs), false));
  }

  @Override
  public Placement placement() {
    return Placement.IN_PLACE;
  }

  @Override
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    if (input > (scale ? 1 : 0)) {
      return graph.add(weightGradient(self), dy);
    }
    List<Node> inputs = new ArrayList<>(List.of(dy, self.input(0), graph.value(self, 1)));
    if (scale) {
      inputs.add(self.input(1));
    }
    Node gradient = graph.once(new Gradient(this), inputs);
    return input == 0 ? gradient : graph.add(weightGradient(self), graph.value(gradient, 1));
  }

  /** The gradient with respect to gamma or beta: the sum of input 0 over the rows. */
  private StepOp weightGradient(Node self) {
    return new StepOp(
        name() + " weight gradient",
        row(self.shape()),
        binding -> {
          int n = binding.shape().elements();
          int rows = binding.inputShape(0).elements() / n;
          return binding.step((k, _, x, y) -> k.reduce().sumRows(rows, n, x, 0, n, y, 0));
        });
  }

  private ScaleAndShift weights() {
    return new ScaleAndShift(scale, center);
  }

  @Override
  public Runnable step(Binding binding) {
    int n = row(binding.shape()).elements();
    int rows = binding.shape().elements() / n;
    float[] gamma = weights().gamma(1, n, binding);
    float[] beta = weights().beta(1, n, binding);
    float[] of = ScaleAndShift.further(1, 2 * rows, binding);
    return binding.step(
        (k, _, x, y) ->
            k.normalization()
                .forward(rows, n, x, 0, n, gamma, 0, beta, 0, epsilon, y, 0, n, of, 0));
  }

  /**
   * The gradient with respect to the input: reads that with respect to the output, the input, the
   * statistics, and gamma if there is one. Its second value is the products whose sum over the rows
   * is gamma's gradient.
   *
   * @param op the operation
   */
  public record Gradient(LayerNormalizationOp op) implements Op {
    @Override
    public String name() {
      return op.name() + " gradient";
    }

    @Override
    public List<Value> more(List<Shape> inputs) {
      return List.of(new Value(op.name() + " products", inputs.getFirst(), false));
    }

    @Override
    public Placement placement() {
      return Placement.IN_PLACE;
    }

    @Override
    public Runnable step(Binding binding) {
      Normalization kernel = binding.kernels().normalization();
      int n = op.row(binding.shape()).elements();
      int rows = binding.shape().elements() / n;
      float[] dy = binding.input(0);
      float[] x = binding.input(1);
      float[] of = binding.input(2);
      float[] gamma = op.weights().gamma(3, n, binding);
      float[] dx = binding.value();
      float[] products = binding.wanted(1) ? binding.value(1) : dx;
      return () ->
          kernel.backward(rows, n, x, 0, n, gamma, 0, of, 0, dy, 0, n, products, 0, n, dx, 0, n);
    }
  }

  /** The end of a normalization: gamma and beta, inputs that may be missing. */
  record ScaleAndShift(boolean scale, boolean center) {
    /** Refuses weights, all inputs but the first, that do not have one's shape. */
    static Shape check(String name, List<Shape> inputs, Shape one) {
      Shape x = inputs.getFirst();
      for (Shape weights : inputs.subList(1, inputs.size())) {
        if (!weights.equals(one)) {
          throw new IllegalArgumentException(
              name + " of " + x + " takes weights of shape " + one + ", but was given " + weights);
        }
      }
      return x;
    }

    /** Gamma, if there is one at an input, or else as many ones. */
    float[] gamma(int input, int n, Binding binding) {
      if (scale) {
        return binding.input(input);
      }
      float[] ones = new float[n];
      Arrays.fill(ones, 1f);
      return ones;
    }

    /** Beta, behind gamma if there is one, or as many zeros. */
    float[] beta(int gamma, int n, Binding binding) {
      return center ? binding.input(scale ? gamma + 1 : gamma) : new float[n];
    }

    /** The memory of a further value, or other memory if nobody reads it. */
    static float[] further(int index, int n, Binding binding) {
      return binding.wanted(index) ? binding.value(index) : new float[n];
    }
  }
}
