package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.TileProducer;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.matmul.Matmul;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * The matrix product op(A) · op(B) of inputs 0 and 1, both of rank 2.
 *
 * @param transA whether A is transposed
 * @param transB whether B is transposed
 */
public record MatmulOp(Transpose transA, Transpose transB) implements TileProducer {
  @Override
  public String name() {
    return "matmul";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape a = inputs.get(0);
    Shape b = inputs.get(1);
    if (a.rank() != 2
        || b.rank() != 2
        || a.dim(transA == Transpose.NO ? 1 : 0) != b.dim(transB == Transpose.NO ? 0 : 1)) {
      throw new IllegalArgumentException(
          "matmul takes two matrices whose inner dimensions agree, but was given %s%s and %s%s"
              .formatted(a, words(transA), b, words(transB)));
    }
    return Shape.of(a.dim(transA == Transpose.NO ? 0 : 1), b.dim(transB == Transpose.NO ? 1 : 0));
  }

  /** For C = A·B: dA = dC·Bᵀ and dB = Aᵀ·dC; with transposed operands the same, transposed. */
  @Override
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    Node a = self.input(0);
    Node b = self.input(1);
    if (input == 0) {
      return transA == Transpose.NO
          ? graph.add(new MatmulOp(Transpose.NO, flip(transB)), dy, b)
          : graph.add(new MatmulOp(transB, Transpose.YES), b, dy);
    }
    return transB == Transpose.NO
        ? graph.add(new MatmulOp(flip(transA), Transpose.NO), a, dy)
        : graph.add(new MatmulOp(Transpose.YES, transA), dy, a);
  }

  private static String words(Transpose transpose) {
    return transpose == Transpose.YES ? " transposed" : "";
  }

  private static Transpose flip(Transpose transpose) {
    return transpose == Transpose.NO ? Transpose.YES : Transpose.NO;
  }

  @Override
  public Runnable step(Binding binding) {
    return step(binding, Matmul.NOTHING, true);
  }

  @Override
  public Runnable step(Binding binding, TileConsumer consumer, boolean stored) {
    Matmul kernel = binding.kernels().matmul();
    Shape shape = binding.shape();
    int m = shape.dim(0);
    int n = shape.dim(1);
    int k = binding.inputShape(0).dim(transA == Transpose.NO ? 1 : 0);
    int lda = Math.max(1, binding.inputShape(0).dim(1));
    int ldb = Math.max(1, binding.inputShape(1).dim(1));
    int ldc = Math.max(1, n);
    float[] a = binding.input(0);
    float[] b = binding.input(1);
    if (!stored) {
      return () -> kernel.sgemmTiles(transA, transB, m, n, k, 1f, a, 0, lda, b, 0, ldb, consumer);
    }
    float[] c = binding.value();
    return () ->
        kernel.sgemm(transA, transB, m, n, k, 1f, a, 0, lda, b, 0, ldb, 0f, c, 0, ldc, consumer);
  }
}
