package dev.lanewise.kernel.matmul;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Team;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RelayTest {
  private static final int LEGS = 9;
  private static final int GROUPS = 3;
  private static final Duration LONG = Duration.ofSeconds(60);

  /** Each group's legs in the order in which they were run, and by whom. */
  private static final class Log implements Relay.Runner {
    final List<List<Integer>> legs = lists();
    final List<List<Integer>> members = lists();

    private static List<List<Integer>> lists() {
      return IntStream.range(0, GROUPS)
          .<List<Integer>>mapToObj(g -> Collections.synchronizedList(new ArrayList<>()))
          .toList();
    }

    @Override
    public void run(int member, int leg, int group, Scratch scratch) {
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
        for (int round = 0; round < 200; round++) {
          Relay relay = new Relay(round % 2 == 0 ? threads : Integer.MAX_VALUE);
          Log log = new Log();
          relay.start(LEGS, GROUPS, threads);
          assertTimeoutPreemptively(
              LONG, () -> team.run(team.size(), (p, scratch) -> relay.run(p, log, scratch)));
          log.assertComplete();
        }
      }
    }
  }

  @Test
  void aMemberThatNeverRunsIsNotWaitedFor() {
    Relay relay = new Relay(2);
    Log log = new Log();
    relay.start(LEGS, GROUPS, 3);
    try (Team alone = Team.of(1)) {
      assertTimeoutPreemptively(
          LONG, () -> alone.run(1, (part, scratch) -> relay.run(1, log, scratch)));
      for (List<Integer> group : log.legs) {
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7), group); // up to its own last leg
      }
      alone.run(1, (part, scratch) -> relay.run(0, log, scratch)); // comes late, finds nothing
      alone.run(1, (part, scratch) -> relay.run(2, log, scratch));
    }
    log.assertComplete();
    for (List<Integer> group : log.members) {
      assertEquals(List.of(1, 1, 1, 1, 1, 1, 1, 1, 2), group);
    }
  }

  @Test
  void aLegThatThrowsStopsTheOthers() {
    try (Team team = Team.of(3)) {
      Relay relay = new Relay(3);
      for (int round = 0; round < 50; round++) {
        int bad = round % LEGS;
        Relay.Runner runner =
            (member, leg, group, scratch) -> {
              if (leg == bad && group == 1) {
                throw new IllegalStateException("leg " + leg);
              }
            };
        relay.start(LEGS, GROUPS, 3);
        IllegalStateException thrown =
            assertThrows(
                IllegalStateException.class,
                () ->
                    assertTimeoutPreemptively(
                        LONG, () -> team.run(3, (p, scratch) -> relay.run(p, runner, scratch))));
        assertEquals("leg " + bad, thrown.getMessage());
      }
    }
  }
}
