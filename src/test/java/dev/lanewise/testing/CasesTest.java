package dev.lanewise.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Cases.FieldReport;
import dev.lanewise.testing.Cases.GradCheck;
import dev.lanewise.testing.Cases.Onnx;
import dev.lanewise.testing.Cases.OpGradient;
import dev.lanewise.testing.Cases.Tensor;
import dev.lanewise.testing.Cases.Trajectory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every case can be read through every accessor: a wrong reader would make other tests vacuous. */
class CasesTest {
  @Test
  void readsOnnx() {
    assertEquals(142, Cases.onnx().size());
    for (Onnx c : Cases.onnx()) {
      assertTrue(c.rtol() >= 0 && c.atol() >= 0, c.id());
      assertEquals(c.op(), c.node().op());
      assertEquals(
          c.json().entry("inputs").map().size() + c.json().entry("initializers").map().size(),
          c.inputs().size(),
          c.id());
      assertEquals(c.json().entry("outputs").map().size(), c.outputs().size(), c.id());
    }
    Onnx adagrad = Cases.onnx().getFirst();
    assertEquals("node/test_adagrad", adagrad.id());
    assertEquals(1.0576962, adagrad.outputs().get("X_new").data()[0]);
    assertEquals(0.1, adagrad.input(0).orElseThrow().scalar());
    assertEquals(0.001, adagrad.node().attrs().number("norm_coefficient"));
  }

  @Test
  void readsOpGradients() {
    assertEquals(133, Cases.opGradients().size());
    for (OpGradient c : Cases.opGradients()) {
      assertTrue(c.output().size() > 0 && !c.inputs().isEmpty(), c.id());
      assertEquals(c.op().startsWith("keras_loss:"), c.gradOutput().isEmpty(), c.id());
      c.gradOutput().ifPresent(g -> assertArrayEquals(c.output().shape(), g.shape(), c.id()));
      c.gradInputs()
          .forEach((name, g) -> assertArrayEquals(c.input(name).shape(), g.shape(), c.id()));
      assertTrue(c.attrs().map() != null, c.id());
    }
  }

  @Test
  void readsGradChecks() {
    assertEquals(2, Cases.gradChecks().size());
    GradCheck nhwc = Cases.gradChecks().get(0);
    GradCheck nchw = Cases.gradChecks().get(1);
    assertArrayEquals(nhwc.input().data(), nchw.input().toNhwc().data());
    assertArrayEquals(
        nhwc.params().get("conv.w").data(), nchw.params().get("conv.w").toHwio().data());
    assertArrayEquals(nhwc.labels(), nchw.labels());
    for (GradCheck c : Cases.gradChecks()) {
      assertEquals(c.params().keySet(), c.gradParams().keySet());
      assertTrue(!c.forward().isEmpty() && !c.gradForward().isEmpty());
      assertArrayEquals(c.input().shape(), c.gradInput().shape());
      assertEquals(6, c.lossesSgd().length);
      assertEquals(6, c.lossesAdam().length);
      assertEquals(2, c.net().integer("batch"));
    }
  }

  @Test
  void readsOptimizers() {
    assertEquals(154, Cases.optimizers().size());
    for (Trajectory c : Cases.optimizers()) {
      float[][] gradients = c.gradients();
      assertEquals(c.steps(), gradients.length, c.id());
      for (int step : c.checkpoints()) {
        assertTrue(step >= 1 && step <= c.steps(), c.id());
        assertEquals(c.init().length, c.after(step).length, c.id());
        assertEquals(c.init().length, c.tolerance(step).length, c.id());
        assertEquals(c.init().length, gradients[step - 1].length, c.id());
        assertTrue(c.learningRate(step) > 0, c.id());
      }
      for (int i : c.finiteOnly()) {
        assertTrue(Double.isNaN(c.after(c.checkpoints()[0])[i]), c.id());
      }
    }
    assertEquals(8, Cases.schedules().size());
    assertEquals(8, Cases.optimizerOptions().size());
    assertEquals(2, Cases.optimizerOptions().getFirst().rows("init").length);
  }

  @Test
  void readsFieldReports() {
    assertEquals(78, Cases.fieldReports().size());
    for (FieldReport c : Cases.fieldReports()) {
      switch (c.kind()) {
        case "values" -> assertTrue(c.rtol() >= 0 && c.atol() >= 0, c.id());
        case "error", "property" -> assertTrue(!c.text().isEmpty(), c.id());
        default -> throw new AssertionError(c.kind());
      }
    }
    FieldReport softmax = Cases.fieldReports("FR-01").getFirst();
    assertEquals(Float.NEGATIVE_INFINITY, softmax.input("x").floats()[3]);
    assertTrue(Double.isNaN(softmax.output("y").data()[6]));
    assertEquals(0.25, Cases.fieldReports("FR-03").getFirst().input("logits").data()[8]);
  }

  @Test
  void permutesAxes() {
    Tensor t =
        new Cases.Entry(
                Map.of("t", Map.of("shape", List.of(2, 3), "data", List.of(1, 2, 3, 4, 5, 6))))
            .tensor("t");
    Tensor p = t.permuted(1, 0);
    assertArrayEquals(new int[] {3, 2}, p.shape());
    assertArrayEquals(new int[] {1, 4, 2, 5, 3, 6}, p.ints());
  }
}
