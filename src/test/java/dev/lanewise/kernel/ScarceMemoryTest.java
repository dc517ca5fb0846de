package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Fork;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("thorough")
class ScarceMemoryTest {
  @Test
  void aCallThatRanOutOfMemoryLeavesUsableKernels() {
    Fork.Result result =
        Fork.java(
            List.of(Fork.VECTORS, "-Xmx96m", "-XX:+UseSerialGC"), ScarceMemory.class.getName());
    assertEquals(0, result.exitCode(), result.out() + result.err());
    String last = result.out().lines().toList().getLast();
    assertTrue(Integer.parseInt(last.replace("refused ", "")) > 100, result.out());
  }
}
