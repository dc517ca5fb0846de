package dev.lanewise.kernel.matmul;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.parallel.Team;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SimdRelayTest {
  private static final int LEGS = 9;
  private static final int GROUPS = 3;
  private static final Duration LONG = Duration.ofSeconds(60);

  /** Each group's legs in the order in which they were run, and by whom. */
  private static final class Log implements SimdRelay.Runner {
    final List<List<Integer>> legs = lists();
    final List<List<Integer>> members = lists();

    private static List<List<Integer>> lists() {
      return IntStream.range(0, GROUPS)
          .<List<Integer>>mapToObj(g -> Collections.synchronizedList(new ArrayList<>()))
          .toList();
    }

    @Override
    public void run(int member, int leg, int group) {
      legs.get(group).add(leg);
      members.get(group).add(member);
    }

    void assertComplete() {
      for (List<Integer> group : legs) {
        assertEquals(IntStream.range(0, LEGS).boxed().toList(), group);
      }
    }
  }

  @Test
  void everyGroupTakesItsLegsInOrder() {
    for (int threads = 1; threads <= 9; threads++) {
      try (Team team = Team.of(threads)) {
        SimdRelay relay = new SimdRelay();
        for (int round = 0; round < 200; round++) {
          Log log = new Log();
          relay.start(LEGS, GROUPS, threads, round % 2 == 1 || team.crowded());
          assertTimeoutPreemptively(LONG, () -> team.run(team.size(), (p, s) -> relay.run(p, log)));
          log.assertComplete();
        }
      }
    }
  }

  @Test
  void aMemberThatNeverRunsIsNotWaitedFor() {
    SimdRelay relay = new SimdRelay();
    Log log = new Log();
    relay.start(LEGS, GROUPS, 3, false);
    assertTimeoutPreemptively(LONG, () -> relay.run(1, log));
    for (List<Integer> group : log.legs) {
      assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7), group); // up to its own last leg
    }
    relay.run(0, log); // comes late and finds nothing to do
    relay.run(2, log);
    log.assertComplete();
    for (List<Integer> group : log.members) {
      assertEquals(List.of(1, 1, 1, 1, 1, 1, 1, 1, 2), group);
    }
  }

  @Test
  void aLegThatThrowsStopsTheOthers() {
    try (Team team = Team.of(3)) {
      SimdRelay relay = new SimdRelay();
      for (int round = 0; round < 50; round++) {
        int bad = round % LEGS;
        SimdRelay.Runner runner =
            (member, leg, group) -> {
              if (leg == bad && group == 1) {
                throw new IllegalStateException("leg " + leg);
              }
            };
        relay.start(LEGS, GROUPS, 3, false);
        IllegalStateException thrown =
            assertThrows(
                IllegalStateException.class,
                () ->
                    assertTimeoutPreemptively(
                        LONG, () -> team.run(3, (p, s) -> relay.run(p, runner))));
        assertEquals("leg " + bad, thrown.getMessage());
      }
    }
  }

  @Test
  void aMemberThatWaitsAmongMoreThanThereAreProcessorsLeavesThemToTheOthers() {
    try (Team team = Team.of(2)) {
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      long[] used = new long[2];
      SimdRelay.Runner slow = (member, leg, group) -> pause(leg == 0 ? 400 : 0);
      SimdRelay relay = new SimdRelay();
      relay.start(2, 1, 2, true);
      team.run(
          2,
          (part, scratch) -> {
            long before = threads.getCurrentThreadCpuTime();
            relay.run(part, slow);
            used[part] = threads.getCurrentThreadCpuTime() - before;
          });
      assertTrue(used[1] < 100_000_000, used[1] + " ns of processor time in 0.4 s of waiting");
    }
  }

  private static void pause(int milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
