package dev.lanewise.bench;

import dev.lanewise.kernel.pointwise.Nonlinearity;
import dev.lanewise.kernel.pointwise.ScalarPointwise;
import dev.lanewise.testing.Shapes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Activation functions beyond ReLU, and their gradients. */
public class NonlinearBench extends KernelBench {
  /** A function, arguments, and what its gradient reads. */
  @State(Scope.Benchmark)
  public static class Function extends KernelState.OfTwins {
    @Param({Shapes.TILE, Shapes.DENSE_WEIGHTS})
    public String shape;

    /** The function. */
    @Param public Nonlinearity.Kind curve;

    private Nonlinearity function;
    int n;
    float[] x;
    float[] y;
    float[] saved;
    float[] dy;
    float[] dx;

    @Override
    void fill() {
      n = Integer.parseInt(shape);
      function =
          switch (curve) {
            case LEAKY_RELU -> Nonlinearity.leakyRelu(0.3f);
            case ELU -> Nonlinearity.elu(1f);
            default -> new Nonlinearity(curve, 0f);
          };
      x = input(1, n);
      y = output(n);
      dy = input(2, n);
      dx = output(n);
      saved = kept(x.clone());
      if (function.gradientReadsOutput()) {
        new ScalarPointwise().apply(function, x, saved);
      }
    }
  }

  @Benchmark
  public float[] value(Function s, Traffic traffic) {
    traffic.count(s.n, 2);
    s.kernels.nonlinear().apply(s.function, s.x, s.y);
    return s.y;
  }

  @Benchmark
  public float[] gradient(Function s, Traffic traffic) {
    traffic.count(s.n, 3);
    s.kernels.nonlinear().backward(s.function, s.n, s.saved, 0, s.dy, 0, s.dx, 0);
    return s.dx;
  }
}
