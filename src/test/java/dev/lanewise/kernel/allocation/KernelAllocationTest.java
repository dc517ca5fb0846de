package dev.lanewise.kernel.allocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.Fork;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No method of any family allocates once warm, on any of a team's threads, at any width but that of
 * 64 bits, whose masks are objects to C2 (it is there for tests).
 */
@Tag("thorough")
class KernelAllocationTest {
  private static final int RUNS = 3;
  private static final String SECONDS = "100";

  /** A twin, its vector width and flags of the VM. */
  record Mode(String twin, int bits, String flag) {}

  static List<Mode> modes() {
    List<Mode> modes = new ArrayList<>();
    modes.add(new Mode("scalar", 0, "-Dlanewise.vectorBits=0"));
    for (int bits : new int[] {128, 256, 512}) {
      if (bits <= VectorWidth.MACHINE_BITS) {
        modes.add(new Mode("simd", bits, "-Dlanewise.vectorBits=" + bits));
      }
    }
    return modes;
  }

  /**
   * What C2 makes of a program differs from run to run: now and then a mask remains an object for
   * good. So it takes three VMs in a row to fail, but each one that fails prints what went on.
   */
  @ParameterizedTest
  @MethodSource("modes")
  void nothingIsAllocatedOnceWarm(Mode mode) {
    String out = "";
    for (int run = 0; run < RUNS; run++) {
      Fork.Result result =
          Fork.java(
              List.of(Fork.VECTORS, mode.flag()),
              KernelAllocation.class.getName(),
              mode.twin(),
              "2",
              SECONDS);
      assertEquals(0, result.exitCode(), result.err());
      out = result.out();
      List<String> lines = out.lines().toList();
      assertTrue(lines.getFirst().startsWith("bits " + mode.bits() + " "), out);
      System.out.printf(Locale.ROOT, "%s: %s calls%n", mode, lines.getLast());
      if (lines.getLast().startsWith("silent true ")) {
        return;
      }
      System.out.println(out);
    }
    fail(out);
  }
}
