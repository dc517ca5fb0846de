package dev.lanewise.kernel.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TeamTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final Task NOTHING = (part, scratch) -> {};
  private static final Task FAILING =
      (part, scratch) -> {
        throw new IllegalStateException();
      };

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 16})
  void runsEveryPartOnce(int size) {
    try (Team team = Team.of(size)) {
      assertEquals(size, team.size());
      for (int parts = 0; parts <= 50; parts++) {
        assertRunsEveryPartOnce(team, parts);
      }
    }
  }

  @Test
  void usesFewerMembersOnDemand() {
    try (Team team = Team.of(4)) {
      assertEquals(4, team.members());
      for (int members : new int[] {1, 3, 4, 2}) {
        team.use(members);
        assertEquals(members, team.members());
        assertEquals(4, team.size());
        for (int parts : new int[] {1, 2, 3, 50}) {
          assertRunsEveryPartOnce(team, parts);
        }
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        team.run(100, (part, scratch) -> threads.add(Thread.currentThread()));
        assertEquals(members, threads.size());
      }
      assertEquals(
          "members is 5, but the team has only 4",
          assertThrows(IllegalArgumentException.class, () -> team.use(5)).getMessage());
      assertThrows(IllegalArgumentException.class, () -> team.use(0));
      assertEquals(2, team.members());
    }
  }

  private static void assertRunsEveryPartOnce(Team team, int parts) {
    AtomicIntegerArray runs = new AtomicIntegerArray(parts);
    team.run(parts, (part, scratch) -> runs.incrementAndGet(part));
    for (int part = 0; part < parts; part++) {
      assertEquals(1, runs.get(part), "part " + part + " of " + parts);
    }
  }

  @Test
  void everyMemberWorks() {
    try (Team team = Team.of(3)) {
      assertEquals(2, membersOf(team).size());
    }
  }

  @Test
  void writesOfAllPartsAreSeen() {
    try (Team team = Team.of(3)) {
      int[] sums = new int[7];
      for (int round = 0; round < 20_000; round++) {
        team.run(7, (part, scratch) -> sums[part]++);
      }
      assertEquals(20_000, Arrays.stream(sums).min().orElseThrow());
      assertEquals(140_000, Arrays.stream(sums).sum());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void whatPartsThrowReachesTheCaller(int thrower) {
    try (Team team = Team.of(3)) {
      for (Throwable thrown :
          List.of(
              new IllegalStateException("part failed"),
              new AssertionError("part failed"),
              new IOException("checked, thrown without being declared"))) {
        Task failing =
            (part, scratch) -> {
              if (part == thrower) {
                throw sneaky(thrown);
              }
            };
        assertSame(thrown, assertThrows(Throwable.class, () -> team.run(6, failing)));
        assertRunsEveryPartOnce(team, 11);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  void noPartBeginsAfterAFailure() {
    try (Team team = Team.of(2)) {
      AtomicInteger begun = new AtomicInteger();
      CountDownLatch running = new CountDownLatch(1);
      CountDownLatch failed = new CountDownLatch(1);
      // The caller's parts are 0 to 499, the other member's 500 to 999.
      Task task =
          (part, scratch) -> {
            begun.incrementAndGet();
            if (part == 500) {
              await(running);
              failed.countDown();
              throw new IllegalStateException();
            }
            running.countDown();
            await(failed);
            pause(1);
          };
      assertThrows(IllegalStateException.class, () -> team.run(1000, task));
      assertTrue(begun.get() < 500, begun + " parts were begun");
    }
  }

  @Test
  void severalFailuresGiveOne() {
    try (Team team = Team.of(3)) {
      for (int round = 0; round < 1000; round++) {
        assertThrows(IllegalStateException.class, () -> team.run(3, FAILING));
      }
      assertRunsEveryPartOnce(team, 5);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void nestedRunsAreInlineWithAScratchOfTheirOwn(int size) {
    try (Team team = Team.of(size)) {
      AtomicInteger inner = new AtomicInteger();
      for (int round = 0; round < 3; round++) {
        team.run(
            6,
            (part, scratch) -> {
              Thread outerThread = Thread.currentThread();
              float[] lent = scratch.floats(0, 8);
              Arrays.fill(lent, part);
              team.run(
                  4,
                  (nestedPart, nested) -> {
                    assertSame(outerThread, Thread.currentThread());
                    assertNotSame(scratch, nested);
                    Arrays.fill(nested.floats(0, 8), -1);
                    team.run(2, (p, third) -> assertNotSame(nested, third));
                    inner.incrementAndGet();
                  });
              assertEquals(part, lent[7]);
              assertSame(lent, scratch.floats(0, 8));
            });
      }
      assertEquals(3 * 6 * 4, inner.get());
    }
  }

  @Test
  void aFailingNestedRunGivesTheScratchBack() {
    try (Team team = Team.of(2)) {
      Scratch[] seen = new Scratch[2];
      team.run(2, (part, scratch) -> seen[part] = scratch);
      Task nesting = (part, scratch) -> team.run(2, FAILING);
      assertThrows(IllegalStateException.class, () -> team.run(2, nesting));
      team.run(2, (part, scratch) -> assertSame(seen[part], scratch));
    }
  }

  @Test
  void scratchGrowsAndIsKept() {
    Scratch scratch = new Scratch();
    float[] small = scratch.floats(3, 10);
    assertSame(small, scratch.floats(3, 5));
    assertNotSame(small, scratch.floats(4, 10));
    assertTrue(scratch.floats(3, 11).length >= 11);
    int[] ints = scratch.ints(3, 10);
    assertSame(ints, scratch.ints(3, 5));
    assertNotSame(ints, scratch.ints(4, 10));
    assertTrue(scratch.ints(3, 11).length >= 11);
    StringBuilder own = scratch.object(StringBuilder.class, StringBuilder::new);
    assertNotSame(own, scratch.object(Object.class, Object::new));
    assertSame(own, scratch.object(StringBuilder.class, StringBuilder::new));
  }

  @Test
  void aSecondCallerWaits() throws InterruptedException {
    try (Team team = Team.of(2)) {
      CountDownLatch inside = new CountDownLatch(2);
      CountDownLatch goOn = new CountDownLatch(1);
      Task waiting =
          (part, scratch) -> {
            inside.countDown();
            await(goOn);
          };
      Thread first = Thread.ofPlatform().start(() -> team.run(2, waiting));
      await(inside);
      AtomicInteger ran = new AtomicInteger();
      Thread second =
          Thread.ofPlatform().start(() -> team.run(2, (part, scratch) -> ran.incrementAndGet()));
      pause(50);
      assertEquals(0, ran.get(), "the second caller did not wait");
      goOn.countDown();
      first.join();
      second.join();
      assertEquals(2, ran.get());
    }
  }

  @Test
  void callersOfOneTeamDoNotMix() throws Exception {
    try (Team team = Team.of(3)) {
      runInThreads(4, thread -> sumRepeatedly(team, thread));
    }
  }

  @Test
  void teamsOfSeveralThreadsDoNotMix() throws Exception {
    runInThreads(
        4,
        thread -> {
          try (Team team = Team.of(1 + thread)) {
            sumRepeatedly(team, thread);
          }
        });
  }

  private static void sumRepeatedly(Team team, int value) {
    int[] sums = new int[5];
    for (int round = 0; round < 2000; round++) {
      team.run(5, (part, scratch) -> sums[part] += value);
    }
    for (int sum : sums) {
      assertEquals(2000 * value, sum);
    }
  }

  @Test
  void runsFromAParallelStream() {
    try (Team team = Team.of(2)) {
      AtomicInteger sum = new AtomicInteger();
      IntStream.range(0, 200)
          .parallel()
          .forEach(i -> team.run(3, (part, scratch) -> sum.addAndGet(part + i)));
      assertEquals(3 * (199 * 200 / 2) + 200 * 3, sum.get());
    }
  }

  @Test
  void runsFromVirtualThreads() {
    try (Team team = Team.of(2)) {
      AtomicInteger parts = new AtomicInteger();
      try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 50; i++) {
          callers.execute(() -> team.run(4, (part, scratch) -> parts.incrementAndGet()));
        }
      }
      assertEquals(200, parts.get());
    }
  }

  @Test
  void oneTeamInsideAnother() {
    try (Team outer = Team.of(3);
        Team inner = Team.of(2)) {
      AtomicInteger parts = new AtomicInteger();
      outer.run(6, (part, scratch) -> inner.run(5, (p, nested) -> parts.incrementAndGet()));
      assertEquals(30, parts.get());
    }
  }

  @Test
  void anInterruptStaysPending() {
    try (Team team = Team.of(2)) {
      for (int round = 0; round < 3; round++) {
        Thread.currentThread().interrupt();
        AtomicInteger ran = new AtomicInteger();
        team.run(
            2,
            (part, scratch) -> {
              if (part == 1) {
                pause(20); // longer than the caller spins: it parks, and is woken by the interrupt
              }
              ran.incrementAndGet();
            });
        assertEquals(2, ran.get());
        assertTrue(Thread.interrupted(), "the interrupt was lost");
      }
    }
  }

  @Test
  void anInterruptedMemberGoesOn() {
    try (Team team = Team.of(2)) {
      AtomicReference<Thread> member = new AtomicReference<>();
      team.run(
          2,
          (part, scratch) -> {
            if (part == 1) {
              member.set(Thread.currentThread());
              Thread.currentThread().interrupt();
            }
          });
      assertRunsEveryPartOnce(team, 4);
      pause(20);
      member.get().interrupt();
      pause(20);
      assertRunsEveryPartOnce(team, 4);
      assertFalse(member.get().isInterrupted());
    }
  }

  @Test
  void closes() throws InterruptedException {
    Team team = Team.of(3);
    Set<Thread> members = membersOf(team);
    team.close();
    team.close();
    for (Thread member : members) {
      member.join(5000);
      assertFalse(member.isAlive());
    }
    assertThrows(IllegalStateException.class, () -> team.run(2, NOTHING));
    team.run(0, NOTHING);
  }

  @Test
  void closingWaitsForTheJobInHand() throws InterruptedException {
    Team team = Team.of(2);
    CountDownLatch inside = new CountDownLatch(2);
    AtomicInteger finished = new AtomicInteger();
    Task slow =
        (part, scratch) -> {
          inside.countDown();
          pause(50);
          finished.incrementAndGet();
        };
    Thread caller = Thread.ofPlatform().start(() -> team.run(2, slow));
    await(inside);
    team.close();
    assertEquals(2, finished.get());
    caller.join();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aTaskCannotCloseItsTeam(int closer) {
    Team team = Team.of(2);
    Task closing =
        (part, scratch) -> {
          if (part == closer) {
            team.close();
          }
        };
    assertThrows(IllegalStateException.class, () -> team.run(2, closing));
    assertRunsEveryPartOnce(team, 4);
    team.close();
  }

  @Test
  void refusesWrongArguments() {
    assertThrows(IllegalArgumentException.class, () -> Team.of(0));
    assertThrows(IllegalArgumentException.class, () -> Team.of(-3));
    try (Team team = Team.ofProcessors()) {
      assertEquals(Runtime.getRuntime().availableProcessors(), team.size());
      assertThrows(IllegalArgumentException.class, () -> team.run(-1, NOTHING));
    }
  }

  @Test
  void aRunAllocatesNothing() {
    try (Team team = Team.of(2)) {
      int[] counts = new int[2];
      Task task =
          (part, scratch) -> {
            scratch.floats(0, 64)[0] = part;
            counts[part & 1]++;
          };
      Set<Thread> threads = membersOf(team);
      threads.add(Thread.currentThread());
      long[] ids = threads.stream().mapToLong(Thread::threadId).toArray();
      for (int i = 0; i < 20_000; i++) {
        team.run(8, task);
      }
      long least = Long.MAX_VALUE;
      for (int window = 0; window < 5; window++) {
        long before = allocated(ids);
        for (int i = 0; i < 1000; i++) {
          team.run(8, task);
        }
        least = Math.min(least, allocated(ids) - before);
      }
      // The figure itself is read through an array or two.
      assertTrue(least < 1000, least + " bytes in 1000 runs");
    }
  }

  private static long allocated(long[] ids) {
    return Arrays.stream(ids).map(THREADS::getThreadAllocatedBytes).sum();
  }

  @Test
  void anIdleTeamUsesNoProcessor() {
    try (Team team = Team.of(2)) {
      long[] members = membersOf(team).stream().mapToLong(Thread::threadId).toArray();
      team.run(2, NOTHING);
      pause(50);
      long before = cpuTime(members);
      pause(200);
      long used = cpuTime(members) - before;
      assertTrue(used < 2_000_000, used + " ns of processor time in 200 ms of rest");
    }
  }

  private static long cpuTime(long[] ids) {
    return Arrays.stream(ids).map(THREADS::getThreadCpuTime).sum();
  }

  @Test
  void anIdleTeamKeepsNoTask() throws Exception {
    try (Team team = Team.of(2)) {
      WeakReference<Task> gone = new WeakReference<>(runOnce(team));
      for (int i = 0; i < 50 && gone.get() != null; i++) {
        System.gc();
        pause(10);
      }
      assertTrue(gone.get() == null, "the team keeps a task alive that is done");
    }
  }

  private static Task runOnce(Team team) {
    float[] large = new float[1000];
    Task task = (part, scratch) -> large[part] = part;
    team.run(2, task);
    return task;
  }

  /** The team's threads without the caller. */
  private static Set<Thread> membersOf(Team team) {
    Set<Thread> members = ConcurrentHashMap.newKeySet();
    CountDownLatch all = new CountDownLatch(team.size());
    team.run(
        team.size(),
        (part, scratch) -> {
          members.add(Thread.currentThread());
          all.countDown();
          await(all);
        });
    assertEquals(team.size(), members.size());
    assertTrue(members.remove(Thread.currentThread()));
    return members;
  }

  private static void runInThreads(int count, IntConsumer body) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int number = i;
        running.add(threads.submit(() -> body.accept(number)));
      }
      for (Future<?> thread : running) {
        thread.get();
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(20, TimeUnit.SECONDS), "waited in vain");
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits some milliseconds, whether the thread is interrupted or not. */
  private static void pause(int milliseconds) {
    long end = System.nanoTime() + milliseconds * 1_000_000L;
    boolean interrupted = Thread.interrupted();
    for (long left = milliseconds; left > 0; left = (end - System.nanoTime()) / 1_000_000) {
      try {
        Thread.sleep(left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
