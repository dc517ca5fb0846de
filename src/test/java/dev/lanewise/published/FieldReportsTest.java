package dev.lanewise.published;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.pointwise.Nonlinearity;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.optim.Adam;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.OptimizerState;
import dev.lanewise.optim.Optimizers;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Cases.FieldReport;
import dev.lanewise.testing.Gemm;
import dev.lanewise.testing.Teams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Field reports that belong to no one family, through both twins; and where all others are. */
class FieldReportsTest {
  private static List<Kernels> twins() {
    return List.of(Kernels.scalar(), Kernels.best(Teams.of(2)));
  }

  /** FR-01 and FR-02 by the SIMD twins too: rows of minus infinity, equal large logits. */
  @Test
  void softmax() {
    int run = 0;
    for (Kernels kernels : twins()) {
      for (String report : new String[] {"FR-01", "FR-02"}) {
        for (FieldReport one : Cases.fieldReports(report)) {
          boolean sparse = one.op().equals("softmax_cross_entropy_sparse");
          Cases.Tensor in = one.input(sparse ? "logits" : "x");
          int m = in.dim(0);
          int n = in.dim(1);
          float[] x = in.floats();
          float[] y = new float[sparse ? m : m * n];
          switch (one.op()) {
            case "softmax" -> kernels.softmax().softmax(m, n, x, 0, n, y, 0, n);
            case "log_softmax" -> kernels.softmax().logSoftmax(m, n, x, 0, n, y, 0, n);
            default -> {
              int[] labels = one.input("labels").ints();
              kernels.softmax().crossEntropy(m, n, x, 0, n, labels, 0, y, 0);
            }
          }
          close(one, sparse ? "loss" : "y", y);
          run++;
        }
      }
    }
    assertEquals(8, run);
  }

  private static void close(FieldReport one, String output, float[] got) {
    Bits.assertClose(one.id(), one.output(output).data(), got, one.rtol(), one.atol());
  }

  /** FR-07, FR-08 and FR-09 by the SIMD twins too: beta 0, odd sizes, nothing to add up. */
  @Test
  void gemm() {
    int run = 0;
    for (Kernels kernels : twins()) {
      for (String report : new String[] {"FR-07", "FR-08", "FR-09"}) {
        for (FieldReport one : Cases.fieldReports(report)) {
          boolean ta = one.attrs().bool("transA", false);
          boolean tb = one.attrs().bool("transB", false);
          Cases.Tensor a = one.input("A");
          Cases.Tensor b = one.input("B");
          float[] c = one.input("C").floats();
          int m = a.dim(ta ? 1 : 0);
          int k = a.dim(ta ? 0 : 1);
          int n = b.dim(tb ? 0 : 1);
          float alpha = (float) one.attrs().number("alpha");
          float beta = (float) one.attrs().number("beta");
          new Gemm(ta, tb, m, n, k).run(kernels.matmul(), alpha, a.floats(), b.floats(), beta, c);
          close(one, "C", c);
          run++;
        }
      }
    }
    assertEquals(2 * 37, run);
  }

  /** FR-16: an average over the pixels that exist, and one channel, so that layouts agree. */
  @Test
  void averagePooling() {
    Pool2dShape shape = Pool2dShape.same(1, 3, 3, 1, 2, 2, 2, 2);
    for (Kernels kernels : twins()) {
      List<FieldReport> reports = Cases.fieldReports("FR-16");
      assertEquals(1, reports.size());
      float[] y = new float[4];
      kernels.averagePool2d().forward(shape, reports.getFirst().input("x").floats(), y);
      close(reports.getFirst(), "y", y);
    }
  }

  /** FR-23: softplus and sigmoid at both ends, and sigmoid's gradient. */
  @Test
  void softplusAndSigmoid() {
    int run = 0;
    for (Kernels kernels : twins()) {
      for (FieldReport one : Cases.fieldReports("FR-23")) {
        Nonlinearity function =
            one.op().equals("softplus") ? Nonlinearity.SOFTPLUS : Nonlinearity.SIGMOID;
        float[] x = one.input("x").floats();
        float[] y = new float[x.length];
        kernels.nonlinear().apply(function, x.length, x, 0, y, 0);
        close(one, "y", y);
        run++;
        float[] dy = new float[x.length];
        Arrays.fill(dy, 1f);
        float[] dx = new float[x.length];
        float[] saved = function.gradientReadsOutput() ? y : x;
        kernels.nonlinear().backward(function, x.length, saved, 0, dy, 0, dx, 0);
        for (int i = 0; i < x.length; i++) {
          double s = 1 / (1 + Math.exp(-(double) x[i]));
          double exact = function.equals(Nonlinearity.SIGMOID) ? s * (1 - s) : s;
          // 1 − y is exact, but y has been rounded: an error of half an ulp of 1 in all.
          assertEquals(exact, dx[i], 2e-6 * exact + 6e-8, one.id() + " gradient at " + x[i]);
        }
      }
    }
    assertEquals(4, run);
  }

  /**
   * FR-17, FR-19 and FR-20 by the optimizers of a training: where epsilon stands, where Adagrad's
   * sums start, and decay applied once and not where it is excluded.
   */
  @Test
  void optimizers() {
    for (Kernels kernels : twins()) {
      for (FieldReport one : Cases.fieldReports("FR-17")) {
        boolean torch = one.attrs().string("rules").equals("torch");
        Optimizer rule = torch ? Adam.pytorch() : Optimizers.parse("adam");
        Bits.assertClose(
            one.id(), one.output("param").data(), step(kernels, one, rule), 1e-5, 1e-9);
      }
      for (FieldReport one : Cases.fieldReports("FR-19")) {
        boolean torch = one.attrs().string("rules").equals("torch");
        String start = torch ? "0,epsilon=1e-10" : "0.1";
        Optimizer rule = Optimizers.parse("adagrad:lr=0.1,initial_accumulator_value=" + start);
        close(one, "param", step(kernels, one, rule));
      }
      for (FieldReport one : Cases.fieldReports("FR-20")) {
        close(one, "param", step(kernels, one, Optimizers.parse("adamw:lr=0.5,weight_decay=0.1")));
        String excluding = "adamw:lr=0.5,weight_decay=0.1,exclude_from_weight_decay=bias";
        Bits.assertSame(
            one.id() + " excluded",
            one.input("param").floats(),
            step(kernels, one, Optimizers.parse(excluding)));
      }
    }
  }

  /** The weights of a variable called "dense/bias" after one step. */
  private static float[] step(Kernels kernels, FieldReport one, Optimizer rule) {
    float[] w = one.input("param").floats();
    float[] g = one.input("grad").floats();
    Variable variable = new Variable("dense/bias", new Tensor(Shape.of(w.length), w));
    OptimizerState state = rule.start(List.of(variable));
    state.beginStep();
    state.updater(0).update(kernels.update(), g, 0, 0, w.length);
    return variable.values();
  }

  /**
   * The page's table names a test for each of the reports, and that test's source names the report.
   */
  @Test
  void everyReportHasItsTest() throws IOException {
    String page = Files.readString(Path.of("docs", "reliability.md"));
    Map<String, String> rows = new TreeMap<>();
    Matcher row = Pattern.compile("(?m)^\\| (FR-\\d\\d) \\|[^|]*\\|([^|]*)\\|$").matcher(page);
    while (row.find()) {
      rows.put(row.group(1), row.group(2));
    }
    assertEquals(34, rows.size(), rows.keySet().toString());
    int tests = 0;
    for (Map.Entry<String, String> entry : rows.entrySet()) {
      Matcher name = Pattern.compile("`(\\w+Test)`").matcher(entry.getValue());
      boolean named = false;
      while (name.find()) {
        String source = source(name.group(1));
        assertTrue(source.contains(entry.getKey()), name.group(1) + " and " + entry.getKey());
        named = true;
        tests++;
      }
      assertTrue(named || entry.getValue().contains("does not apply"), entry.toString());
    }
    assertTrue(tests >= 34, tests + " tests");
  }

  private static String source(String test) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
      Path file =
          files
              .filter(path -> path.endsWith(test + ".java"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("there is no " + test));
      return Files.readString(file);
    }
  }
}
