package dev.lanewise.kernel.allocation;

import com.sun.management.ThreadMXBean;
import dev.lanewise.cases.Families;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.testing.Family;
import dev.lanewise.testing.Measured;
import dev.lanewise.testing.Twins;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * A program of its own: makes the measured calls of every family with every small size in turn, all
 * of them in one VM, until none allocates any more, and prints those that go on.
 *
 * <p>While the VM interprets and compiles, vector code allocates boxed vectors. What a method
 * allocates later depends on what else has run (its callees' profiles are shared), so every method
 * is measured after all others, and once more after all others fell silent. Its threads' memory is
 * counted together, the team's included.
 */
public final class KernelAllocation {
  /** How often a method is called with each size before it is measured. */
  private static final int ROUNDS = 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final int seconds;
  private final long[] members;
  private final List<Method> all = new ArrayList<>();

  /** One method under way. */
  private static final class Method {
    final String name;
    final int[] sizes;
    final Runnable[] bySize;
    long calls;
    long callsUntilSilent;
    long bytes;

    Method(String name, int[] sizes, IntFunction<Runnable> call) {
      this.name = name;
      this.sizes = sizes;
      bySize = IntStream.range(0, sizes.length).mapToObj(call).toArray(Runnable[]::new);
    }

    void round() {
      for (Runnable call : bySize) {
        call.run();
      }
    }
  }

  private KernelAllocation(Kernels kernels, int seconds) {
    this.seconds = seconds;
    members =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("lanewise-team"))
            .mapToLong(Thread::threadId)
            .toArray();
    for (Family family : Families.ALL) {
      family.measured().forEach(one -> add(family.component(), one, kernels));
    }
  }

  /** The calls of a case, each at all its sizes. */
  private void add(String component, Measured one, Kernels kernels) {
    List<Map<String, Runnable>> bySize =
        Arrays.stream(one.sizes())
            .mapToObj(n -> one.of().apply(n).calls(kernels).byName())
            .toList();
    for (String call : bySize.getFirst().keySet()) {
      String name = component + "." + call + ", " + one.name();
      all.add(new Method(name, one.sizes(), i -> Objects.requireNonNull(bySize.get(i).get(call))));
    }
  }

  /**
   * Prints a line for each method that goes on allocating, and at last how many calls it took.
   *
   * @param args "simd" or "scalar", the team's size, and after how many seconds to give up
   */
  public static void main(String[] args) {
    try (Team team = Team.of(Integer.parseInt(args[1]))) {
      Kernels kernels = args[0].equals("simd") ? Twins.simd(team) : Kernels.scalar();
      System.out.println("bits " + kernels.vectorBits() + " threads " + kernels.threads());
      new KernelAllocation(kernels, Integer.parseInt(args[2])).run();
    }
  }

  private void run() {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    int silent = 0;
    int passes = 0;
    while (silent < 2 && System.nanoTime() < end) {
      silent = pass() ? silent + 1 : 0;
      passes++;
    }
    long most = 0;
    String slowest = "";
    for (Method one : all) {
      if (silent < 2 && one.bytes > 0) {
        System.out.println(describe(one));
      }
      if (one.callsUntilSilent > most) {
        most = one.callsUntilSilent;
        slowest = one.name;
      }
    }
    System.out.println(passes + " passes, " + all.size() + " calls, slowest " + slowest);
    System.out.println("silent " + (silent >= 2) + " after " + most);
  }

  /** Measures every method once; returns whether none of them allocated. */
  private boolean pass() {
    boolean silent = true;
    for (Method one : all) {
      for (int i = 0; i < ROUNDS; i++) {
        one.round();
      }
      one.calls += (long) ROUNDS * one.sizes.length;
      one.bytes = bytes(one.bySize);
      if (one.bytes > 0) {
        silent = false;
        one.callsUntilSilent = one.calls;
      }
    }
    return silent;
  }

  private String describe(Method one) {
    String at =
        IntStream.range(0, one.sizes.length)
            .mapToObj(i -> one.sizes[i] + ":" + bytes(one.bySize[i]))
            .filter(text -> !text.endsWith(":0"))
            .limit(12)
            .toList()
            .toString();
    return one.name + " " + one.bytes + " bytes in " + one.sizes.length + " calls, " + at;
  }

  private long bytes(Runnable... calls) {
    long others = allocatedByTeam();
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (Runnable call : calls) {
      call.run();
    }
    long own = THREADS.getCurrentThreadAllocatedBytes() - before;
    return own + allocatedByTeam() - others;
  }

  private long allocatedByTeam() {
    long sum = 0;
    for (long member : members) {
      sum += THREADS.getThreadAllocatedBytes(member);
    }
    return sum;
  }
}
