package dev.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.testing.Fork;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepAllocationTest {
  /** Among the options one of each kind that is a node or a part of an update. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "adam",
        "sgd:momentum=0.9,weight_decay=0.001,exclude_from_weight_decay=bias,global_clipnorm=1,"
            + "use_ema=true,ema_overwrite_frequency=10,gradient_accumulation_steps=2,"
            + "lr=CosineDecayRestarts(0.1,100)"
      })
  void aTrainingStepAllocatesNothing(String optimizer) {
    allocatesNothing(optimizer);
  }

  @Test
  void normalizingBatchesAllocatesNothing() {
    allocatesNothing("adam", "normalized");
  }

  private static void allocatesNothing(String... arguments) {
    Fork.Result result =
        Fork.java(List.of(Fork.VECTORS), StepAllocation.class.getName(), arguments);
    assertEquals(0, result.exitCode(), result.err());
    assertEquals("0", result.out().strip(), "bytes allocated in 100 steps");
  }
}
