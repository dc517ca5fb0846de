package dev.lanewise.published;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Cases.Onnx;
import dev.lanewise.testing.Cases.OpGradient;
import dev.lanewise.testing.Teams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Every published vector whose operation the library has, through the kernels as users call them,
 * both twins; and the list of those that it has not, which stands in docs/reliability.md.
 */
class PublishedVectorsTest {
  private static final int ONNX_AT_LEAST = 60;
  private static final int GRADIENTS_AT_LEAST = 50;

  private static List<Kernels> twins() {
    return List.of(Kernels.scalar(), Kernels.best(Teams.of(2)));
  }

  @Test
  void onnx() throws IOException {
    List<Onnx> all = Cases.onnx();
    assertEquals(142, all.size());
    Map<String, String> leftOut =
        run(all, Onnx::op, Onnx::id, (k, one) -> new OnnxRunner(k).run(one));
    report("ONNX vectors", all.size() - count(leftOut), ONNX_AT_LEAST, leftOut);
  }

  @Test
  void opGradients() throws IOException {
    List<OpGradient> all = Cases.opGradients();
    assertEquals(133, all.size());
    Map<String, String> leftOut =
        run(all, OpGradient::op, OpGradient::id, (k, one) -> new GradientRunner(k).run(one));
    report("operations with gradients", all.size() - count(leftOut), GRADIENTS_AT_LEAST, leftOut);
  }

  /** Runs all by each twin, and returns what was left out: the operation, and names and reasons. */
  private static <C> Map<String, String> run(
      List<C> cases,
      Function<C, String> op,
      Function<C, String> name,
      BiFunction<Kernels, C, String> runner) {
    Map<String, String> leftOut = new TreeMap<>();
    for (Kernels kernels : twins()) {
      Map<String, String> now = new TreeMap<>();
      for (C one : cases) {
        String reason = runner.apply(kernels, one);
        if (reason.equals("no such kernel")) {
          now.merge(op.apply(one), "1", (a, b) -> Integer.toString(Integer.parseInt(a) + 1));
        } else if (!reason.isEmpty()) {
          now.put(name.apply(one), reason);
        }
      }
      assertTrue(leftOut.isEmpty() || leftOut.equals(now), leftOut + " " + now);
      leftOut = now;
    }
    return leftOut;
  }

  /** Operations count as often as they have vectors, others as one. */
  private static int count(Map<String, String> leftOut) {
    return leftOut.values().stream()
        .mapToInt(text -> text.matches("\\d+") ? Integer.parseInt(text) : 1)
        .sum();
  }

  private static void report(String what, int ran, int least, Map<String, String> leftOut)
      throws IOException {
    System.out.println(ran + " " + what + " run by both twins; left out: " + leftOut);
    assertTrue(ran >= least, ran + " " + what + " run, but at least " + least + " must");
    String page = Files.readString(Path.of("docs", "reliability.md"));
    assertTrue(page.contains(ran + " " + what), "docs/reliability.md: " + ran + " " + what);
    for (String name : leftOut.keySet()) {
      String shown = "`" + name.substring(name.indexOf('/') + 1) + "`";
      assertTrue(page.contains(shown), "docs/reliability.md lacks " + shown);
    }
  }
}
