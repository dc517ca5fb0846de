package dev.lanewise.cases;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.pool.AveragePool2d;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.testing.Calls;
import dev.lanewise.testing.Content;
import dev.lanewise.testing.Family;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.KernelCase;
import dev.lanewise.testing.Measured;
import dev.lanewise.testing.Shapes;
import dev.lanewise.testing.Sizes;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Average-pooling's cases: forward and its gradient. */
public final class AveragePool2dCases implements Family {
  private static final int[][] FIXED = {
    {1, 1, 1, 1, 1, 1}, {1, 4, 4, 1, 2, 2}, {2, 5, 4, 3, 3, 1}, {1, 6, 6, 7, 2, 2},
    {1, 5, 5, 16, 5, 1}, {2, 4, 6, 17, 2, 3}, {1, 7, 7, 4, 3, 2}, {3, 3, 3, 5, 2, 1},
    {1, 4, 4, 33, 4, 4}, {1, 8, 3, 2, 3, 3}, {64, 26, 26, 32, 2, 2}
  };

  /** A pooling both ways. */
  record AveragePool(Pool2dShape shape, int offset, int threads, Content content, long seed)
      implements KernelCase {
    @Override
    public Calls calls(Kernels kernels) {
      AveragePool2d kernel = kernels.averagePool2d();
      Calls calls = new Calls();
      int n = shape.outElements();
      Guarded x = calls.in("x", Guarded.of(content.values(seed, shape.inElements()), offset));
      Guarded y = calls.out("y", Guarded.of(n, offset + 1));
      Guarded dy = calls.in("dy", Guarded.of(content.values(seed + 50, n), offset));
      Guarded dx = calls.out("dx", Guarded.of(shape.inElements(), offset + 1));
      float[] images = x.values();
      return calls
          .add("forward", () -> kernel.forward(shape, x.array, x.offset, y.array, y.offset))
          .arrays("forward", y, of -> kernel.forward(shape, images, of))
          .add("backward", () -> kernel.backward(shape, dy.array, dy.offset, dx.array, dx.offset));
    }
  }

  /** One pooling in five takes the mean of whole images. */
  @Override
  public List<Drawn> drawn() {
    Arbitrary<Pool2dShape> shapes =
        Combinators.combine(MaxPool2dCases.shapes(), Arbitraries.integers().between(0, 4))
            .as((shape, kind) -> kind == 0 ? global(shape) : shape);
    return Drawn.of(
        AveragePool.class,
        Combinators.combine(
                shapes,
                Sizes.offsets(),
                Sizes.threads(),
                Arbitraries.of(Content.drawn()),
                Sizes.seeds())
            .as(AveragePool::new));
  }

  private static Pool2dShape global(Pool2dShape of) {
    int height = of.inHeight();
    int width = of.inWidth();
    return new Pool2dShape(
        of.batch(), height, width, of.channels(), height, width, 1, 1, 0, 0, 0, 0);
  }

  @Override
  public List<AveragePool> production(int threads) {
    return List.of(
        new AveragePool(Shapes.pool(Shapes.POOL_MNIST), 0, threads, Content.GAUSSIAN, 1),
        new AveragePool(Shapes.pool(Shapes.POOL_GLOBAL), 3, threads, Content.GAUSSIAN, 2));
  }

  @Override
  public List<Fixed> fixed() {
    return Fixed.of(
        "averagepool",
        FIXED,
        (s, i) -> {
          Pool2dShape shape = Pool2dShape.same(s[0], s[1], s[2], s[3], s[4], s[4], s[5], s[5]);
          return new AveragePool(shape, 0, 1, Content.FIXED, 1100 + i);
        });
  }

  @Override
  public List<Measured> measured() {
    return MaxPool2dCases.measured(shape -> new AveragePool(shape, 2, 2, Content.GAUSSIAN, 1));
  }
}
