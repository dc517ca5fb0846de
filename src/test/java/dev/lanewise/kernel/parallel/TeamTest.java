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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TeamTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

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
      Set<Thread> members = ConcurrentHashMap.newKeySet();
      CountDownLatch all = new CountDownLatch(3);
      team.run(
          3,
          (part, scratch) -> {
            members.add(Thread.currentThread());
            all.countDown();
            await(all);
          });
      assertEquals(3, members.size());
      assertTrue(members.contains(Thread.currentThread()));
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
        Throwable caught =
            assertThrows(
                Throwable.class,
                () ->
                    team.run(
                        6,
                        (part, scratch) -> {
                          if (part == thrower) {
                            throw sneaky(thrown);
                          }
                        }));
        assertSame(thrown, caught);
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
      assertThrows(
          IllegalStateException.class,
          () ->
              team.run(
                  1000,
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
                  }));
      assertTrue(begun.get() < 500, begun + " parts were begun");
    }
  }

  @Test
  void severalFailuresGiveOne() {
    try (Team team = Team.of(3)) {
      for (int round = 0; round < 1000; round++) {
        assertThrows(
            ArithmeticException.class,
            () ->
                team.run(
                    3,
                    (part, scratch) -> {
                      throw new ArithmeticException();
                    }));
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
      assertThrows(
          IllegalStateException.class,
          () ->
              team.run(
                  2,
                  (part, scratch) ->
                      team.run(
                          2,
                          (p, nested) -> {
                            throw new IllegalStateException();
                          })));
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
      Thread first =
          started(
              () ->
                  team.run(
                      2,
                      (part, scratch) -> {
                        inside.countDown();
                        await(goOn);
                      }));
      await(inside);
      AtomicInteger ran = new AtomicInteger();
      Thread second = started(() -> team.run(2, (part, scratch) -> ran.incrementAndGet()));
      pause(50);
      assertEquals(0, ran.get(), "the second caller did not wait");
      goOn.countDown();
      first.join();
      second.join();
      assertEquals(2, ran.get());
    }
  }

  @Test
  void callersOfOneTeamDoNotMix() throws InterruptedException {
    try (Team team = Team.of(3)) {
      runInThreads(4, thread -> sumRepeatedly(team, thread));
    }
  }

  @Test
  void teamsOfSeveralThreadsDoNotMix() throws InterruptedException {
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
      int total =
          IntStream.range(0, 200)
              .parallel()
              .map(
                  i -> {
                    AtomicInteger sum = new AtomicInteger();
                    team.run(3, (part, scratch) -> sum.addAndGet(part + i));
                    return sum.get();
                  })
              .sum();
      assertEquals(3 * (199 * 200 / 2) + 200 * 3, total);
    }
  }

  @Test
  void runsFromVirtualThreads() throws InterruptedException {
    try (Team team = Team.of(2)) {
      AtomicInteger parts = new AtomicInteger();
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        callers.add(
            Thread.startVirtualThread(
                () -> team.run(4, (part, scratch) -> parts.incrementAndGet())));
      }
      for (Thread caller : callers) {
        caller.join();
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
    assertThrows(IllegalStateException.class, () -> team.run(2, (part, scratch) -> {}));
    team.run(0, (part, scratch) -> {});
  }

  @Test
  void closingWaitsForTheJobInHand() throws InterruptedException {
    Team team = Team.of(2);
    CountDownLatch inside = new CountDownLatch(2);
    AtomicInteger finished = new AtomicInteger();
    Thread caller =
        started(
            () ->
                team.run(
                    2,
                    (part, scratch) -> {
                      inside.countDown();
                      pause(50);
                      finished.incrementAndGet();
                    }));
    await(inside);
    team.close();
    assertEquals(2, finished.get());
    caller.join();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aTaskCannotCloseItsTeam(int closer) {
    Team team = Team.of(2);
    assertThrows(
        IllegalStateException.class,
        () ->
            team.run(
                2,
                (part, scratch) -> {
                  if (part == closer) {
                    team.close();
                  }
                }));
    assertRunsEveryPartOnce(team, 4);
    team.close();
  }

  @Test
  void refusesWrongArguments() {
    assertThrows(IllegalArgumentException.class, () -> Team.of(0));
    assertThrows(IllegalArgumentException.class, () -> Team.of(-3));
    try (Team team = Team.ofProcessors()) {
      assertEquals(Runtime.getRuntime().availableProcessors(), team.size());
      assertThrows(IllegalArgumentException.class, () -> team.run(-1, (part, scratch) -> {}));
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
      long[] ids = allIds(team);
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
    long sum = 0;
    for (long id : ids) {
      sum += THREADS.getThreadAllocatedBytes(id);
    }
    return sum;
  }

  @Test
  void anIdleTeamUsesNoProcessor() {
    try (Team team = Team.of(2)) {
      long[] members = membersOf(team).stream().mapToLong(Thread::threadId).toArray();
      team.run(2, (part, scratch) -> {});
      pause(50);
      long before = cpuTime(members);
      pause(200);
      long used = cpuTime(members) - before;
      assertTrue(used < 2_000_000, used + " ns of processor time in 200 ms of rest");
    }
  }

  private static long cpuTime(long[] ids) {
    long sum = 0;
    for (long id : ids) {
      sum += THREADS.getThreadCpuTime(id);
    }
    return sum;
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
    members.remove(Thread.currentThread());
    assertEquals(team.size() - 1, members.size());
    return members;
  }

  private static long[] allIds(Team team) {
    return LongStream.concat(
            LongStream.of(Thread.currentThread().threadId()),
            membersOf(team).stream().mapToLong(Thread::threadId))
        .toArray();
  }

  private interface Body {
    void run(int thread) throws Exception;
  }

  private static void runInThreads(int count, Body body) throws InterruptedException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      threads.add(
          started(
              () -> {
                try {
                  body.run(number);
                } catch (Throwable thrown) {
                  failure.set(thrown);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
  }

  private static Thread started(Runnable body) {
    Thread thread = new Thread(body);
    thread.start();
    return thread;
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
