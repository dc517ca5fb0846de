package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Step;
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
          "matmul takes two matrices whose inner dimensions agree, but was given "
              + a
              + (transA == Transpose.YES ? " transposed" : "")
              + " and "
              + b
              + (transB == Transpose.YES ? " transposed" : ""));
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

  private static Transpose flip(Transpose transpose) {
    return transpose == Transpose.NO ? Transpose.YES : Transpose.NO;
  }

  @Override
  public Step step(Binding binding) {
    return stepInto(binding, Matmul.NOTHING);
  }

  @Override
  public Step stepInto(Binding binding, TileConsumer consumer) {
    Matmul kernel = binding.kernels().matmul();
    Sizes s = Sizes.of(binding, transA);
    float[] a = binding.input(0);
    float[] b = binding.input(1);
    float[] c = binding.value();
    return () ->
        kernel.sgemm(
            transA, transB, s.m, s.n, s.k, 1f, a, 0, s.lda, b, 0, s.ldb, 0f, c, 0, s.ldc, consumer);
  }

  @Override
  public Step stepTiles(Binding binding, TileConsumer consumer) {
    Matmul kernel = binding.kernels().matmul();
    Sizes s = Sizes.of(binding, transA);
    float[] a = binding.input(0);
    float[] b = binding.input(1);
    return () ->
        kernel.sgemmTiles(transA, transB, s.m, s.n, s.k, 1f, a, 0, s.lda, b, 0, s.ldb, consumer);
  }

  private record Sizes(int m, int n, int k, int lda, int ldb, int ldc) {
    static Sizes of(Binding binding, Transpose transA) {
      Shape a = binding.inputShape(0);
      Shape b = binding.inputShape(1);
      Shape c = binding.shape();
      int k = a.dim(transA == Transpose.NO ? 1 : 0);
      return new Sizes(
          c.dim(0),
          c.dim(1),
          k,
          Math.max(1, a.dim(1)),
          Math.max(1, b.dim(1)),
          Math.max(1, c.dim(1)));
    }
  }
}
