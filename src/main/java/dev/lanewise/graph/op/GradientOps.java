package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.TileFollower;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.pointwise.Elementwise;
import dev.lanewise.kernel.reduce.Reduce;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Appends what is done to gradients before weights are updated with them. Every method throws
 * {@link IllegalArgumentException} if its inputs do not fit.
 *
 * @param graph the graph
 * @param due whether the step that runs needs the gradients; in other steps they are undefined
 */
public record GradientOps(Graph graph, BooleanSupplier due) {
  /**
   * Appends a gradient plus that of an L2 penalty of its weights: fma(factor, w, g).
   *
   * @param graph the graph
   * @param gradient g
   * @param weights w
   * @param factor twice the penalty's factor
   * @return the node
   */
  @SuppressWarnings("ReferenceEquality") // the question is whether they are the same memory
  public static Node penalized(Graph graph, Node gradient, Node weights, float factor) {
    checkShape("the weights of an L2 penalty", weights.shape(), gradient);
    return graph.add(
        StepOp.of(
            "L2 gradient",
            gradient.shape(),
            (k, n, g, w, sum) -> {
              if (g != sum) {
                System.arraycopy(g, 0, sum, 0, n);
              }
              k.elementwise().axpy(n, factor, w, 0, sum, 0);
            }),
        gradient,
        weights);
  }

  /**
   * Appends the mean of a gradient over several steps. Each step adds it to sums that outlive the
   * plan; in a step that is due, the value is the sums times 1 / steps, and the sums become +0.
   *
   * @param gradient the gradient of a step
   * @param steps how many steps make a mean
   * @param sums the sums, of the gradient's shape
   * @return the node
   */
  public Node accumulated(Node gradient, int steps, Tensor sums) {
    checkShape("the sums of gradients", sums.shape(), gradient);
    float share = 1f / steps;
    float[] sum = sums.data();
    return graph.add(
        StepOp.of(
            "accumulate",
            gradient.shape(),
            (k, n, g, mean) -> {
              k.elementwise().add(n, sum, 0, g, 0, sum, 0);
              if (due.getAsBoolean()) {
                k.elementwise().scale(n, share, sum, 0, mean, 0);
                Arrays.fill(sum, 0f);
              }
            }),
        gradient);
  }

  /**
   * Appends a gradient whose elements are cut to a range around 0; see {@link Elementwise#clip}.
   *
   * @param gradient the gradient
   * @param limit what an element's size may be at most
   * @return the node
   */
  public Node clippedByValue(Node gradient, float limit) {
    return graph.add(new ClipValueOp(limit, due), gradient);
  }

  /**
   * Appends gradients whose Euclidean norm, all of them together, is brought down to a limit: times
   * limit / norm if the norm is above the limit.
   *
   * <p>The norm is computed in double: each gradient's squared norm by {@link
   * Reduce#squaredNormInDouble}, added in their order. Of an infinite norm (an element is infinite)
   * the factor is 0, or NaN if {@code spoiledByInfinity}: Keras's clipnorm does the one, its
   * global_clipnorm the other. Of an undefined norm it is NaN.
   *
   * @param gradients the gradients
   * @param limit what the norm may be at most, above 0
   * @param spoiledByInfinity whether an infinite norm makes the factor NaN
   * @return one node a gradient
   */
  public List<Node> clippedByNorm(List<Node> gradients, double limit, boolean spoiledByInfinity) {
    Node factor =
        graph.add(
            new StepOp(
                "clip factor",
                Shape.of(1),
                binding -> clipFactor(binding, limit, spoiledByInfinity)),
            gradients);
    return gradients.stream()
        .map(
            gradient ->
                graph.add(StepOp.of("scale", gradient.shape(), this::scale), gradient, factor))
        .toList();
  }

  private Runnable clipFactor(Binding binding, double limit, boolean spoiledByInfinity) {
    Reduce kernel = binding.kernels().reduce();
    int count = binding.inputs().size();
    float[][] gradients = new float[count][];
    int[] sizes = new int[count];
    for (int i = 0; i < count; i++) {
      gradients[i] = binding.input(i);
      sizes[i] = binding.inputShape(i).elements();
    }
    float ofInfinity = spoiledByInfinity ? Float.NaN : 0;
    float[] factor = binding.value();
    return () -> {
      if (due.getAsBoolean()) {
        double square = 0;
        for (int i = 0; i < count; i++) {
          square += kernel.squaredNormInDouble(sizes[i], gradients[i], 0);
        }
        double norm = Math.sqrt(square);
        boolean infinite = norm == Double.POSITIVE_INFINITY;
        factor[0] = infinite ? ofInfinity : norm <= limit ? 1 : (float) (limit / norm);
      }
    };
  }

  @SuppressWarnings("ReferenceEquality") // the question is whether they are the same memory
  private void scale(Kernels kernels, int n, float[] x, float[] factor, float[] y) {
    // Times 1 in place changes nothing: a gradient that is not clipped costs no pass.
    if (due.getAsBoolean() && !(factor[0] == 1 && x == y)) {
      kernels.elementwise().scale(n, factor[0], x, 0, y, 0);
    }
  }

  private static void checkShape(String what, Shape shape, Node gradient) {
    if (!shape.equals(gradient.shape())) {
      throw new IllegalArgumentException(
          "%s have shape %s, but the gradient has %s".formatted(what, shape, gradient.shape()));
    }
  }

  private record ClipValueOp(float limit, BooleanSupplier due) implements TileFollower {
    @Override
    public String name() {
      return "clip";
    }

    @Override
    public Runnable step(Binding binding) {
      return binding.step(
          (k, n, gradient, clipped) -> {
            if (due.getAsBoolean()) {
              k.elementwise().clip(n, -limit, limit, gradient, 0, clipped, 0);
            }
          });
    }

    @Override
    public TileConsumer consumer(Binding binding) {
      Elementwise kernel = binding.kernels().elementwise();
      return (tile, offset, ld, row, rows, column, columns) -> {
        for (int i = 0; i < rows && due.getAsBoolean(); i++) {
          int at = offset + i * ld;
          kernel.clip(columns, -limit, limit, tile, at, tile, at);
        }
      };
    }
  }
}
