package dev.lanewise.matrix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.AtEveryWidth;
import dev.lanewise.testing.Twin;
import dev.lanewise.testing.Twins;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Both twins give the outputs whose hashes are checked in, with teams of 1, 2, 3 and 7. */
@AtEveryWidth
class HashesTest {
  @Test
  void scalarTwins() {
    assertEquals(
        List.of(), KernelHashes.differences(KernelHashes.hashes(Kernels.scalar(), true), "scalar"));
  }

  @Test
  void simdTwins() {
    for (int threads : new int[] {1, 2, 3, 7}) {
      try (Team team = Team.of(threads)) {
        Kernels kernels = Twins.simd(team);
        Twin.assertUnderTest(kernels, threads);
        Map<String, String> got = KernelHashes.hashes(kernels, true);
        assertEquals(List.of(), KernelHashes.differences(got, "team of " + threads));
      }
    }
  }

  /** A run that a profile asks for another instruction set's width must have it, on x86. */
  @Test
  void thisVmHasTheWidthThatWasExpected() {
    boolean x86 = System.getProperty("os.arch").matches("amd64|x86_64");
    int expected = Integer.getInteger("lanewise.expectedBits", VectorWidth.BITS);
    assertTrue(!x86 || VectorWidth.BITS == expected, VectorWidth.BITS + ", not " + expected);
  }

  /** All of the file is used, and cases differ; FamiliesTest counts each family's. */
  @Test
  void everyCaseHasAHashOfItsOwn() {
    List<String> names = FixedCases.all().stream().map(FixedCases.Case::name).toList();
    assertEquals(names, List.copyOf(KernelHashes.expected().keySet()));
    // Empty outputs aside, no two cases have the same outputs.
    List<String> hashes = new ArrayList<>(KernelHashes.expected().values());
    hashes.removeIf("00000000"::equals);
    assertEquals(new HashSet<>(hashes).size(), hashes.size(), hashes.toString());
  }
}
