package dev.lanewise.kernel;

import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Memory;
import dev.lanewise.testing.Twins;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;

/**
 * A program of its own, for a VM with a small heap: new kernels are called while less memory is
 * left than their scratch takes, ever a little more, so that one array after the other is the first
 * that cannot be had. A call that ran out of memory must leave kernels that compute the right bits
 * once there is memory again.
 */
public final class ScarceMemory {
  private static final int STEPS = 16;
  private static final int WARM = 30;
  private static final int CHUNK = 32 << 10;

  /** Large enough that no small object of a call needs to be counted. */
  private static final long SPARE = 64 << 10;

  private final float[] x = Fill.gaussian(1, 1 << 20);
  private final float[] y = Fill.gaussian(2, 1 << 20);
  private final float[] out = new float[1 << 20];
  private final int[] taps = new int[1 << 16];
  private final List<Case> cases = new ArrayList<>();

  /** A call whose scratch is large, and how much of the output it writes. */
  private record Case(String name, int written, Function<Kernels, Runnable> call) {}

  private ScarceMemory() {
    Conv2dShape wide = Conv2dShape.valid(1, 1, 60_001, 1, 1, 1, 60_000);
    add("forward, many taps", 2, k -> () -> k.conv2d().forward(wide, x, 0, y, 0, out, 0));
    add(
        "backwardWeights, many taps",
        wide.weightElements(),
        k -> () -> k.conv2d().backwardWeights(wide, x, 0, y, 0, out, 0));
    Conv2dShape filters = Conv2dShape.valid(2, 2, 2, 1, 20_000, 1, 1);
    add("forward, many filters", 160_000, k -> () -> k.conv2d().forward(filters, x, y, out));
    add(
        "backwardWeights, many filters",
        20_000,
        k -> () -> k.conv2d().backwardWeights(filters, x, 0, y, 0, out, 0));
    add("backwardBias", 20_000, k -> () -> k.conv2d().backwardBias(filters, x, 0, out, 0));
    Pool2dShape pool = Pool2dShape.valid(2, 9, 9, 300, 3, 3);
    Conv2dShape pooled = Conv2dShape.valid(2, 9, 9, 1, 300, 1, 1);
    add(
        "backwardBias unpooled",
        300,
        k -> {
          TileSource dy = k.maxPool2d().unpooled(pool, x, 0, taps, 0);
          return () -> k.conv2d().backwardBias(pooled, dy, out, 0);
        });
    add("product", 90_000, k -> () -> k.matmul().multiply(300, 300, 300, x, y, out));
    float[] zeros = x.clone();
    for (int i = 0; i < zeros.length; i++) {
      zeros[i] = i % 5 == 0 ? zeros[i] : 0;
    }
    add(
        "product with zeros",
        1000 * 128,
        k -> () -> k.matmul().multiply(1000, 128, 200, zeros, y, out));
    add(
        "product of columns with zeros",
        1000 * 128,
        k -> () -> k.matmul().multiply(Transpose.YES, Transpose.NO, 1000, 128, 200, zeros, y, out));
    add("softmax", 1 << 20, k -> () -> k.softmax().logSoftmax(2, 1 << 19, x, out));
    add(
        "loss",
        1,
        k -> () -> k.losses().meanSquaredError(1, 1 << 20, x, 0, 1 << 20, y, 0, 1 << 20, out, 0));
    add("sumRows", 200, k -> () -> k.reduce().sumRows(5000, 200, x, out));
  }

  private void add(String name, int written, Function<Kernels, Runnable> call) {
    cases.add(new Case(name, written, call));
  }

  /** Prints a line for each twin and case, and at last how many calls ran out of memory. */
  public static void main(String[] args) {
    ScarceMemory all = new ScarceMemory();
    int refused = 0;
    try (Team team = Team.of(2)) {
      for (Case one : all.cases) {
        one.call().apply(Kernels.scalar()).run();
        float[] expected = Arrays.copyOf(all.out, one.written());
        for (int twin = 0; twin < 2; twin++) {
          int failed = 0;
          long scratch =
              scratch(
                  one,
                  twin == 0 ? Kernels.scalar() : Twins.simd(team),
                  twin == 0 ? Kernels.scalar() : Twins.simd(team));
          for (int step = 0; step < STEPS; step++) {
            Kernels kernels = twin == 0 ? Kernels.scalar() : Twins.simd(team);
            failed += failsWith(scratch * step / STEPS, one.call().apply(kernels)) ? 1 : 0;
            Arrays.fill(all.out, 0, one.written(), Float.NaN);
            one.call().apply(kernels).run();
            Bits.assertSame(one.name(), expected, Arrays.copyOf(all.out, one.written()));
          }
          System.out.println(one.name() + " " + scratch + " bytes, " + failed + " of " + STEPS);
          refused += failed;
        }
      }
    }
    System.out.println("refused " + refused);
  }

  /** How much a first call allocates, once code is compiled and no vector is an object any more. */
  private static long scratch(Case one, Kernels warm, Kernels kernels) {
    Runnable call = one.call().apply(warm);
    for (int i = 0; i < WARM; i++) {
      call.run();
    }
    long before = Memory.allocated();
    one.call().apply(kernels).run();
    return Math.min(Memory.allocated() - before, 12 << 20);
  }

  /** Calls with about so many bytes of heap left; returns whether that was too little. */
  private static boolean failsWith(long bytes, Runnable call) {
    Deque<byte[]> ballast = new ArrayDeque<>(1 << 14);
    try {
      while (true) {
        ballast.push(new byte[CHUNK]);
      }
    } catch (OutOfMemoryError full) {
      for (long free = 0; free < bytes + SPARE && !ballast.isEmpty(); free += CHUNK) {
        ballast.pop();
      }
    }
    try {
      call.run();
      return false;
    } catch (OutOfMemoryError expected) {
      return true;
    } finally {
      ballast.clear();
    }
  }
}
