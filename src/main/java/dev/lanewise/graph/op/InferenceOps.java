package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.kernel.matmul.Matmul;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.pointwise.Arithmetic;
import dev.lanewise.kernel.pointwise.Elementwise;
import dev.lanewise.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * Appends operations of inference, which have no gradient. Every method throws {@link
 * IllegalArgumentException}, in one sentence with the shapes, if its inputs do not fit.
 *
 * @param graph the graph
 */
public record InferenceOps(Graph graph) {
  /**
   * Appends what is computed, element by element, from two values.
   *
   * @param how which computation
   * @param a a value
   * @param b a value of the same shape
   * @return the node
   */
  public Node arithmetic(Arithmetic how, Node a, Node b) {
    if (!a.shape().equals(b.shape())) {
      throw new IllegalArgumentException(
          how + " takes two values of one shape, but was given " + a.shape() + " and " + b.shape());
    }
    return graph.add(
        StepOp.of(
            "arithmetic",
            a.shape(),
            (k, n, x, y, z) -> k.elementwise().combine(how, n, x, 0, y, 0, z, 0)),
        a,
        b);
  }

  /**
   * Appends each element of a value cut to a range; see {@link Elementwise#clip}.
   *
   * @param x a value
   * @param low the smallest number
   * @param high the largest number
   * @return the node
   */
  public Node clip(Node x, float low, float high) {
    return graph.add(
        StepOp.of(
            "clip", x.shape(), (k, n, y, z) -> k.elementwise().clip(n, low, high, y, 0, z, 0)),
        x);
  }

  /**
   * Appends the square root of each element, rounded correctly; NaN of negative ones.
   *
   * @param x a value
   * @return the node
   */
  public Node sqrt(Node x) {
    return graph.add(
        StepOp.of(
            "sqrt",
            x.shape(),
            (_, n, in, out) -> {
              for (int i = 0; i < n; i++) {
                out[i] = (float) Math.sqrt(in[i]);
              }
            }),
        x);
  }

  /**
   * Appends log-softmax over the last dimension.
   *
   * @param x logits
   * @return the node
   */
  public Node logSoftmax(Node x) {
    Shape shape = new SoftmaxOp().shape(List.of(x.shape()));
    int columns = shape.dim(-1);
    return graph.add(
        StepOp.of(
            "log-softmax",
            shape,
            (k, n, in, out) ->
                k.softmax().logSoftmax(n / columns, columns, in, 0, columns, out, 0, columns)),
        x);
  }

  /**
   * Appends the means over the last dimensions: the sum by the reduction rule, divided by the
   * number of elements.
   *
   * @param x a value
   * @param dims over how many of the last dimensions
   * @return the node, without these dimensions
   */
  public Node mean(Node x, int dims) {
    return reduced("mean", x, dims);
  }

  /**
   * Appends the sums over the last dimensions, by the reduction rule.
   *
   * @param x a value
   * @param dims over how many of the last dimensions
   * @return the node, without these dimensions
   */
  public Node sum(Node x, int dims) {
    return reduced("sum", x, dims);
  }

  private Node reduced(String name, Node x, int dims) {
    Shape shape = x.shape();
    int kept = shape.rank() - dims;
    if (dims < 1
        || kept < (shape.hasBatch() ? 1 : 0)
        || Shape.of(Arrays.copyOfRange(shape.dims(), kept, shape.rank())).elements() == 0) {
      throw new IllegalArgumentException(
          "a %s takes elements in the last %d dimensions, but was given %s"
              .formatted(name, dims, shape));
    }
    Shape rows = Shape.of(Arrays.copyOf(shape.dims(), kept));
    boolean mean = name.equals("mean");
    return graph.add(new StepOp(name, rows, binding -> reduced(binding, mean)), x);
  }

  private static Runnable reduced(Binding binding, boolean mean) {
    int rows = binding.shape().elements();
    int n = rows == 0 ? 0 : binding.inputShape(0).elements() / rows;
    return binding.step(
        (k, _, x, y) -> {
          for (int i = 0; i < rows; i++) {
            y[i] = k.reduce().sum(n, x, i * n) / (mean ? n : 1);
          }
        });
  }

  /**
   * Appends the matrix products of the last two dimensions.
   *
   * @param a matrices, at least three dimensions
   * @param b one matrix, or as many, of the same dimensions before the last two
   * @return the node
   */
  public Node batchMatmul(Node a, Node b) {
    int[] x = a.shape().dims();
    int[] y = b.shape().dims();
    int rank = x.length;
    boolean fits =
        rank > 2
            && y.length > 1
            && x[rank - 1] == y[y.length - 2]
            && (y.length == 2 || Arrays.equals(x, 0, rank - 2, y, 0, y.length - 2));
    if (!fits) {
      throw new IllegalArgumentException(
          "batch matmul takes matrices whose inner dimensions agree, but was given "
              + a.shape()
              + " and "
              + b.shape());
    }
    x[rank - 1] = y[y.length - 1];
    return graph.add(new StepOp("batch matmul", Shape.of(x), InferenceOps::batchMatmul), a, b);
  }

  private static Runnable batchMatmul(Binding binding) {
    Shape shape = binding.shape();
    boolean one = binding.inputShape(1).rank() == 2;
    int n = shape.dim(-1);
    int k = binding.inputShape(0).dim(-1);
    int m = one ? shape.elements() / Math.max(1, n) : shape.dim(-2);
    int count = m == 0 || n == 0 ? 0 : shape.elements() / m / n;
    int lda = Math.max(1, k);
    Transpose no = Transpose.NO;
    return binding.step(
        (kernels, _, a, b, c) -> {
          Matmul kernel = kernels.matmul();
          for (int i = 0; i < count; i++) {
            int bo = i * k * n;
            kernel.sgemm(no, no, m, n, k, 1f, a, i * m * k, lda, b, bo, n, 0f, c, i * m * n, n);
          }
        });
  }
}
