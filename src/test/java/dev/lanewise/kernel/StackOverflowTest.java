package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.matrix.FixedCases;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Twins;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A stack that overflows at any place inside a call leaves the team and the kernels usable: calls
 * are made at every depth from the bottom of a stack upwards, until one of them fits.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StackOverflowTest {
  private static final long STACK_BYTES = 400_000;

  /** Calls that fit, before a descent ends: the next ones have more room still. */
  private static final int ENOUGH = 40;

  /** A call that is made at many depths. */
  private static final class Depths {
    final Runnable call;
    int overflowed;
    int fitted;

    Depths(Runnable call) {
      this.call = call;
    }

    /** Goes down until the stack ends, and calls on the way up, at each depth. */
    @SuppressWarnings("InfiniteRecursion")
    void descend() {
      try {
        descend();
      } catch (StackOverflowError bottom) {
        overflowed++;
      }
      if (fitted < ENOUGH) {
        call.run();
        fitted++;
      }
    }
  }

  private static Depths atEveryDepth(Runnable call) {
    Depths depths = new Depths(call);
    inThread(depths::descend);
    assertEquals(ENOUGH, depths.fitted);
    assertTrue(depths.overflowed > 3, depths.overflowed + " calls overflowed");
    return depths;
  }

  private static void inThread(Runnable body) {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                body.run();
              } catch (Throwable thrown) {
                failure.set(thrown);
              }
            },
            "deep",
            STACK_BYTES);
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
  }

  @Test
  void aTeamRunsOnWhereverTheStackOverflowed() {
    try (Team team = Team.of(3)) {
      AtomicIntegerArray done = new AtomicIntegerArray(7);
      Runnable job = () -> team.run(7, (part, scratch) -> done.incrementAndGet(part));
      for (int round = 0; round < 30; round++) { // interpreted at first, compiled in the end
        atEveryDepth(job);
        for (int part = 0; part < 7; part++) {
          done.set(part, 0);
        }
        inThread(job); // another thread: the team is not held
        for (int part = 0; part < 7; part++) {
          assertEquals(1, done.get(part));
        }
      }
    }
  }

  @Test
  void aNestedRunGivesItsScratchBack() {
    try (Team team = Team.of(2)) {
      Runnable nested =
          () ->
              team.run(
                  2,
                  (part, scratch) -> {
                    float[] outer = scratch.floats(0, 8);
                    outer[0] = part;
                    team.run(1, (inner, second) -> second.floats(0, 8)[0] = 99);
                    assertEquals(part, outer[0]);
                  });
      for (int round = 0; round < 20; round++) {
        atEveryDepth(nested);
        inThread(nested);
      }
    }
  }

  @Test
  void aPartThatOverflowsStopsTheJobOnly() {
    try (Team team = Team.of(3)) {
      for (int bad = 0; bad < 3; bad++) {
        int overflowing = bad;
        Depths depths = new Depths(() -> {});
        try {
          team.run(
              3,
              (part, scratch) -> {
                if (part == overflowing) {
                  endless(depths);
                }
              });
          throw new AssertionError("nothing was thrown");
        } catch (StackOverflowError expected) {
          AtomicIntegerArray done = new AtomicIntegerArray(9);
          team.run(9, (part, scratch) -> done.incrementAndGet(part));
          for (int part = 0; part < 9; part++) {
            assertEquals(1, done.get(part));
          }
        }
      }
    }
  }

  @SuppressWarnings("InfiniteRecursion")
  private static void endless(Depths depths) {
    depths.overflowed++;
    endless(depths);
  }

  @Test
  void everyKernelGivesTheSameBitsAfterwards() {
    try (Team team = Team.of(2)) {
      Kernels kernels = Twins.simd(team);
      List<FixedCases.Case> cases =
          FixedCases.all().stream().filter(one -> !one.name().startsWith("training")).toList();
      for (FixedCases.Case one : cases) {
        float[][] expected = one.call().apply(kernels); // links all that it needs, too
        Runnable call = () -> assertSame(one.name(), expected, one.call().apply(kernels));
        Depths depths = new Depths(call);
        depths.fitted = ENOUGH - 2;
        inThread(depths::descend);
        call.run();
      }
    }
  }

  private static void assertSame(String name, float[][] expected, float[][] actual) {
    for (int i = 0; i < expected.length; i++) {
      Bits.assertSame(name, expected[i], actual[i]);
    }
  }
}
