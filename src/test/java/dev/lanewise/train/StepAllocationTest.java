package dev.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.testing.Fork;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepAllocationTest {
  @Test
  void aTrainingStepAllocatesNothing() {
    Fork.Result result = Fork.java(List.of(Fork.VECTORS), StepAllocation.class.getName());
    assertEquals(0, result.exitCode(), result.err());
    assertEquals("0", result.out().strip(), "bytes allocated in 100 steps");
  }
}
