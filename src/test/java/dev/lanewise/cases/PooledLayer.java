package dev.lanewise.cases;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.TileSource;
import dev.lanewise.kernel.conv2d.Conv2d;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.pool.MaxPool2d;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.Calls;
import dev.lanewise.testing.Family;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.FixedInputs;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.KernelCase;
import dev.lanewise.testing.Measured;
import dev.lanewise.testing.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * A convolution's gradients of weights and bias behind a pooling, whose gradient is spread as it is
 * read: what the pooling's gradient and then theirs give.
 */
record PooledLayer(
    Conv2dShape conv, int window, int stride, int offset, int threads, Kind kind, long seed)
    implements KernelCase {
  /** What pixels and gradients are. */
  enum Kind {
    /** Pixels of bytes and Gaussian gradients, some 0: what training has. */
    TRAINING,
    /** As TRAINING, but the gradients so small that sums of them underflow. */
    TINY,
    /** Infinities, NaNs, zeros of both signs. */
    SPECIAL,
    /** Gradients with special values, ordinary pixels. */
    SPECIAL_GRADIENTS,
    /** Any exponent. */
    WIDE,
    /** The same on every machine: for hashes. */
    FIXED
  }

  private Pool2dShape pool() {
    int fits = Math.min(window, Math.min(conv.outHeight(), conv.outWidth()));
    return Pool2dShape.valid(
        conv.batch(), conv.outHeight(), conv.outWidth(), conv.filters(), fits, stride);
  }

  private float[] pixels(int n) {
    return switch (kind) {
      case SPECIAL -> Fill.withSpecials(seed, n, 0.02);
      case WIDE -> Fill.wide(seed, n);
      case FIXED -> FixedInputs.values(Math.toIntExact(seed), n);
      default -> {
        float[] x = Fill.gaussian(seed, n);
        for (int i = 0; i < n; i++) {
          x[i] = Math.max(0, Math.round(x[i] * 100)) / 255f;
        }
        yield x;
      }
    };
  }

  private float[] gradients(int n) {
    if (kind == Kind.FIXED) {
      return FixedInputs.values(Math.toIntExact(seed + 1), n);
    }
    float[] dy =
        switch (kind) {
          case SPECIAL, SPECIAL_GRADIENTS -> Fill.withSpecials(seed + 1, n, 0.1);
          case WIDE -> Fill.wide(seed + 1, n);
          default -> Fill.gaussian(seed + 1, n);
        };
    float[] which = Fill.gaussian(seed + 2, n);
    for (int i = 0; i < n; i++) {
      dy[i] = which[i] > 1 ? 0 : kind == Kind.TINY ? dy[i] * 0x1p-140f : dy[i];
    }
    return dy;
  }

  /** The images that are pooled: their winners are read. */
  private float[] before(int n) {
    return kind == Kind.FIXED
        ? FixedInputs.values(Math.toIntExact(seed + 2), n)
        : Fill.gaussian(seed + 3, n);
  }

  @Override
  public Calls calls(Kernels kernels) {
    Conv2d kernel = kernels.conv2d();
    MaxPool2d pooling = kernels.maxPool2d();
    Calls calls = new Calls();
    Pool2dShape pool = pool();
    int n = pool.outElements();
    Guarded x = calls.in("x", Guarded.of(pixels(conv.inElements()), offset));
    Guarded g = calls.in("dy", Guarded.of(gradients(n), offset));
    float[] images = before(pool.inElements());
    Guarded y = calls.out("pooled", Guarded.of(n, 0));
    int[] argmax = new int[offset + n];
    // Before a source is made of it.
    pooling.forward(pool, images, 0, y.array, y.offset, argmax, offset);
    float[] spread = new float[pool.inElements()];
    float[] weights = new float[conv.weightElements()];
    float[] biases = new float[conv.filters()];
    Guarded dw = calls.out("dw", Guarded.of(conv.weightElements(), offset));
    Guarded db = calls.out("db", Guarded.of(conv.filters(), offset));
    TileSource source = pooling.unpooled(pool, g.array, g.offset, argmax, offset);
    calls
        .add("backward", () -> pooling.backward(pool, g.array, g.offset, argmax, offset, spread, 0))
        .add(
            "backwardWeights",
            () -> kernel.backwardWeights(conv, x.array, x.offset, spread, 0, weights, 0))
        .add("backwardBias", () -> kernel.backwardBias(conv, spread, 0, biases, 0))
        .add(
            "backwardWeights of a source",
            () -> kernel.backwardWeights(conv, x.array, x.offset, source, dw.array, dw.offset))
        .add(
            "backwardBias of a source",
            () -> kernel.backwardBias(conv, source, db.array, db.offset))
        .same("dw", () -> weights, dw::values)
        .same("db", () -> biases, db::values);
    boolean large = conv.batch() > 0 && conv.inHeight() >= 8 && conv.inWidth() >= 8;
    if (kind == Kind.TRAINING && large && stride == 2) {
      calls.dense("dw", dw);
    }
    return calls;
  }

  /** What an earlier call left in scratch memory must not matter. */
  @Override
  public int runs() {
    return 2;
  }

  private static Conv2dShape shape(int n, int h, int w, int c, int f, int kernel, int pad) {
    return new Conv2dShape(n, h, w, c, f, kernel, kernel, 1, 1, 1, 1, pad, pad, pad, pad, 1);
  }

  /** Layers that the special way takes, and others. */
  static Arbitrary<PooledLayer> any() {
    int lanes = VectorWidth.LANES;
    Arbitrary<Integer> side = Arbitraries.integers().between(4, 12);
    Arbitrary<Conv2dShape> fast =
        Combinators.combine(
                Arbitraries.of(1, 2, 31, 32, 33, 40), side, side, Arbitraries.of(1, 2, 3))
            .as((n, h, w, f) -> shape(n, h, w, 1, f * lanes, 3, 0));
    Arbitrary<Conv2dShape> other =
        Combinators.combine(
                Arbitraries.of(0, 1, 2, 33),
                side,
                side,
                Arbitraries.of(1, 2),
                Arbitraries.of(1, 3, lanes, lanes + 1),
                Arbitraries.of(2, 3),
                Arbitraries.of(0, 1))
            .as(PooledLayer::shape);
    Arbitrary<Kind> kinds = Arbitraries.of(Kind.values()).filter(kind -> kind != Kind.FIXED);
    return Combinators.combine(
            Arbitraries.oneOf(fast, other),
            Arbitraries.just(2),
            Arbitraries.of(2, 2, 3),
            Sizes.offsets(),
            Sizes.threads(),
            kinds,
            Sizes.seeds())
        .as(PooledLayer::new);
  }

  /** The MNIST CNN's layer. */
  static List<PooledLayer> production(int threads) {
    Conv2dShape many = Conv2dShape.valid(35, 28, 28, 1, 32, 3, 3);
    return List.of(
        new PooledLayer(many, 2, 2, 0, threads, Kind.TRAINING, 1),
        new PooledLayer(many.withBatch(3), 2, 2, 5, threads, Kind.TINY, 2));
  }

  static List<Family.Fixed> fixed() {
    List<Family.Fixed> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int filters = i == 1 ? 5 : 32;
      Conv2dShape shape = Conv2dShape.valid(i == 2 ? 16 : 2, 8 + 6 * i, 10, 1, filters, 3, 3);
      PooledLayer layer = new PooledLayer(shape, 2, 2, 0, 1, Kind.FIXED, 300 + i);
      all.add(new Family.Fixed("pooled", i == 2, layer));
    }
    return all;
  }

  static List<Measured> measured() {
    return List.of(
        small("pooled filters", 2, n -> Conv2dShape.valid(2, 6, 8, 1, n, 3, 3)),
        small("pooled width", 2, n -> Conv2dShape.valid(2, 6, n + 3, 1, 32, 3, 3)),
        small("pooled threes", 3, n -> Conv2dShape.valid(1, 7, 8, 2, n, 2, 2)),
        Measured.once("pooled", layer(Conv2dShape.valid(4, 28, 28, 1, 32, 3, 3), 2)));
  }

  private static Measured small(String name, int side, IntFunction<Conv2dShape> shape) {
    return Measured.small(name, n -> layer(shape.apply(n), side));
  }

  private static PooledLayer layer(Conv2dShape shape, int side) {
    return new PooledLayer(shape, side, side, 1, 2, Kind.TRAINING, 1);
  }
}
