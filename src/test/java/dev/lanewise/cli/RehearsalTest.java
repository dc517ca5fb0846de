package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.kernel.KernelChoice;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The small training beside the start of a large one. */
class RehearsalTest {
  @Test
  void trainsUntilItIsClosedButLongEnoughToBeOfUse() {
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1 && KernelChoice.now().simd());
    Rehearsal rehearsal = Rehearsal.begin(List.of("train", "--epochs", "1"));
    assertTrue(rehearsal.isRunning());
    rehearsal.close();
    assertFalse(rehearsal.isRunning());
    assertTrue(rehearsal.steps() >= 20 && rehearsal.steps() <= 60, "steps " + rehearsal.steps());
    rehearsal.close();
  }

  @Test
  void leavesAloneWhatIsNoTrainingOrChoosesItsKernels() {
    for (List<String> args :
        List.of(
            List.of("info"),
            List.of("evaluate", "--load", "train"),
            List.of("train", "--threads=1"),
            List.of("train", "--threads", "1"),
            List.of("train", "--vector-bits", "0"))) {
      try (Rehearsal rehearsal = Rehearsal.begin(args)) {
        assertFalse(rehearsal.isRunning(), args.toString());
        assertEquals(0, rehearsal.steps());
      }
    }
  }
}
