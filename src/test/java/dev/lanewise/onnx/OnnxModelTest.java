package dev.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lanewise.data.FloatSamples;
import dev.lanewise.data.Samples;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Plan;
import dev.lanewise.graph.StepState;
import dev.lanewise.graph.rewrite.Rules;
import dev.lanewise.io.InvalidFileException;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Layer;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MnistCnn;
import dev.lanewise.nn.Sequential;
import dev.lanewise.onnx.OnnxGraph.Message;
import dev.lanewise.optim.Sgd;
import dev.lanewise.tensor.Shape;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Memory;
import dev.lanewise.testing.Mutation;
import dev.lanewise.testing.Teams;
import dev.lanewise.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of ONNX files compute what they should, or are refused in one sentence. */
class OnnxModelTest {
  private static final Set<String> OF_TRAINING =
      Set.of("Adam", "Adagrad", "Momentum", "SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss");

  private static final int[] NONE = {};

  @TempDir Path folder;

  private OnnxModel load(byte[] bytes) throws IOException {
    return OnnxModel.load(Files.write(folder.resolve("model.onnx"), bytes));
  }

  private static float[] run(OnnxModel model, Kernels kernels, int batch, float[]... inputs) {
    Plan plan =
        Plan.of(model.graph(), model.outputs(), batch, kernels, new StepState(1), Rules.all());
    for (int i = 0; i < inputs.length; i++) {
      float[] memory = plan.values(model.inputs().get(i));
      System.arraycopy(inputs[i], 0, memory, 0, inputs[i].length);
    }
    plan.run();
    Node output = model.outputs().getFirst();
    return Arrays.copyOf(plan.values(output), plan.shape(output).elements());
  }

  private static float[] predict(Sequential model, Samples samples, Kernels kernels) {
    return new Trainer(model, new Sgd(), Loss.MEAN_SQUARED_ERROR, kernels, 1).predict(samples);
  }

  @Test
  void whatWasWrittenHereHasTheSameBits() throws IOException {
    Kernels simd = Kernels.best(Teams.of(2));
    for (int seed = 0; seed < 200; seed++) {
      RandomLayers drawn = new RandomLayers(seed);
      Sequential model = drawn.model();
      float[] expected = predict(model, drawn.samples(), Kernels.scalar());
      for (Onnx.Images order : Onnx.Images.values()) {
        Path file = folder.resolve("model.onnx");
        Onnx.write(model, file, order);
        OnnxModel read = OnnxModel.load(file);
        Sequential again = new Sequential(1, model.inputShape(), read.layer(order));
        boolean first = order == Onnx.Images.NCHW;
        float[] wanted =
            first ? RandomLayers.channelsFirst(expected, model.outputShape()) : expected;
        String what = "seed " + seed + ", " + order + ", " + model.layers();
        Bits.assertSame(what, wanted, predict(again, drawn.samples(), simd));
        float[] x = drawn.samples().toArray();
        float[] given = first ? RandomLayers.channelsFirst(x, model.inputShape()) : x;
        Bits.assertSame(what, wanted, run(read, simd, drawn.batch(), given));
      }
    }
  }

  /** One transposition of pixels is left, before the flattening: those of one channel need none. */
  @Test
  void noTranspositionIsMadeThatAnotherWouldUndo() throws IOException {
    Path file = folder.resolve("cnn.onnx");
    Onnx.write(MnistCnn.create(1), file);
    OnnxModel model = OnnxModel.load(file);
    Plan plan =
        Plan.of(model.graph(), model.outputs(), 5, Kernels.scalar(), new StepState(1), Rules.all());
    assertTrue(plan.steps().stream().noneMatch(s -> s.contains("rearrange")), plan.steps() + "");
    assertTrue(model.givesProbabilities());
    assertEquals(List.of("input"), model.inputNames());
    assertEquals(List.of("output"), model.outputNames());
    assertEquals("Dropout[rate=0.25]", model.metadata().get("dropout"));
  }

  @Test
  void publishedVectorsComeOut() throws IOException {
    TreeMap<String, String> leftOut = new TreeMap<>();
    int ran = 0;
    for (Cases.Onnx one : Cases.onnx()) {
      if (OF_TRAINING.contains(one.op())) {
        continue;
      }
      String reason = "";
      List<String> names = List.copyOf(one.inputs().keySet());
      Predicate<String> none = name -> false;
      Predicate<String> weights = name -> !name.equals(names.getFirst()) || names.size() == 1;
      for (Predicate<String> constant : List.of(none, weights)) {
        boolean all = names.size() == 1 && constant.equals(weights);
        try {
          check(one, load(OnnxMaker.of(one, all ? name -> true : constant)));
        } catch (InvalidFileException refused) {
          reason = String.valueOf(refused.getMessage());
        }
      }
      if (reason.isEmpty()) {
        ran++;
      } else {
        leftOut.put(one.id(), reason.substring(reason.indexOf("cannot be run: ")));
      }
    }
    System.out.println(ran + " ONNX vectors run as files; left out: " + leftOut);
    Set<String> notInference =
        Set.of(
            "node/test_batchnorm_example_training_mode",
            "node/test_maxpool_2d_uint8",
            "node/test_training_dropout_default_mask");
    assertEquals(notInference, leftOut.keySet(), leftOut.toString());
    assertEquals(110, ran);
  }

  private static void check(Cases.Onnx one, OnnxModel model) {
    for (Kernels kernels : List.of(Kernels.scalar(), Kernels.best(Teams.of(2)))) {
      Plan plan =
          Plan.of(model.graph(), model.outputs(), 1, kernels, new StepState(1), Rules.all());
      for (int i = 0; i < model.inputs().size(); i++) {
        float[] values = one.inputs().get(model.inputNames().get(i)).floats();
        System.arraycopy(values, 0, plan.values(model.inputs().get(i)), 0, values.length);
      }
      plan.run();
      for (int i = 0; i < model.outputs().size(); i++) {
        Cases.Tensor expected = one.outputs().get(model.outputNames().get(i));
        Node output = model.outputs().get(i);
        assertArrayEquals(expected.shape(), plan.shape(output).dims(), one.id());
        float[] y = Arrays.copyOf(plan.values(output), expected.size());
        Bits.assertClose(one.id(), expected.data(), y, one.rtol(), one.atol());
      }
    }
  }

  /** Padding, means and products that no published vector has, against plain numbers. */
  @Test
  void shapesAreWhatOnnxSays() throws IOException {
    float[] x = {1, 2, 3, 4, 5, 6};
    assertArrayEquals(
        new float[] {2, 1, 2, 3, 2, 5, 4, 5, 6, 5},
        one("Pad", x, new int[] {2, 3}, new int[] {0, 1, 0, 1}, text("mode", "reflect")));
    assertArrayEquals(
        new float[] {1, 1, 2, 3, 3, 4, 4, 5, 6, 6},
        one("Pad", x, new int[] {2, 3}, new int[] {0, 1, 0, 1}, text("mode", "edge")));
    assertArrayEquals(
        new float[] {0, 1, 2, 3, 0, 4, 5, 6},
        one("Pad", x, new int[] {2, 3}, new int[] {0, 1, 0, 0}));
    assertArrayEquals(new float[] {2, 5}, one("ReduceMean", x, new int[] {2, 3}, new int[] {-1}));
    assertArrayEquals(
        new float[] {2.5f, 3.5f, 4.5f}, one("ReduceMean", x, new int[] {2, 3}, new int[] {0}));
    assertArrayEquals(
        new float[] {2.5f, 3.5f, 4.5f},
        one("ReduceMean", x, new int[] {1, 2, 3}, new int[] {0, 1}));
    assertArrayEquals(new float[] {5, 7, 9}, one("ReduceSum", x, new int[] {2, 3}, new int[] {0}));
    assertArrayEquals(new float[] {3, 6}, one("ReduceMax", x, new int[] {2, 3}, new int[] {1}));
    assertArrayEquals(
        new float[] {1, 2, 3}, one("ReduceMin", x, new int[] {1, 2, 3}, new int[] {-2}));
    assertArrayEquals(new float[] {6}, one("ReduceMax", x, new int[] {2, 3}, NONE));
    assertArrayEquals(
        new float[] {1, 2, 1, 2},
        one("Expand", new float[] {1, 2}, new int[] {2}, new int[] {2, 1}));
    assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, one("Transpose", x, new int[] {2, 3}, NONE));
    assertArrayEquals(
        new float[] {0.5f, 2, 3, 4, 4.5f, 4.5f},
        one("Clip", new float[] {-1, 2, 3, 4, 5, 6}, new int[] {6}, NONE));
  }

  private static Message text(String name, String value) throws IOException {
    return new Message().text(1, name).text(4, value).number(20, 3);
  }

  /** Runs one operator on x; whole numbers are its second input. */
  private float[] one(String op, float[] x, int[] dims, int[] numbers, Message... attributes)
      throws IOException {
    OnnxMaker maker = new OnnxMaker(20).input("x", OnnxMaker.FLOAT, dims);
    List<String> inputs = List.of("x");
    if (op.equals("Clip")) {
      maker.tensor("low", new int[0], 0.5f).tensor("high", new int[0], 4.5f);
      inputs = List.of("x", "low", "high");
    } else if (numbers.length > 0) {
      maker.node("Constant", List.of(), List.of("n"), OnnxGraph.integers("value_ints", numbers));
      inputs = List.of("x", "n");
    }
    maker.node(op, inputs, List.of("y"), attributes).output("y");
    return run(load(maker.bytes()), Kernels.scalar(), 1, x);
  }

  /** Element by element, of values that are brought to one shape. */
  @Test
  void extremesAreWhatOnnxSays() throws IOException {
    float[] x = {-1, 2, 3, 4, -5, 6};
    assertArrayEquals(new float[] {1, 2, 3, 4, 2, 6}, two("Max", x, 1, 2, 1));
    assertArrayEquals(new float[] {-1, 2, 1, 1, -5, 1}, two("Min", x, 1, 2, 1));
    assertArrayEquals(
        new float[] {-1, 0.5f, 0.25f},
        one("Reciprocal", new float[] {-1, 2, 4}, new int[] {3}, NONE));
  }

  /** Runs one operator on two rows of three, and on a row. */
  private float[] two(String op, float[] x, float... row) throws IOException {
    OnnxMaker maker =
        new OnnxMaker(20)
            .input("x", OnnxMaker.FLOAT, -1, 3)
            .tensor("row", new int[] {3}, row)
            .node(op, List.of("x", "row"), List.of("y"))
            .output("y");
    return run(load(maker.bytes()), Kernels.scalar(), 2, x);
  }

  /** Products of letters against the sums that they stand for. */
  @Test
  void einsumIsASumOfProducts() throws IOException {
    float[] x = {1, 2, 3, 4, 5, 6}; // [2, 3]
    float[] w = {1, 0, 2, 0, 1, 3}; // [3, 2] or [2, 3]
    assertArrayEquals(new float[] {8, 9, 20, 18}, einsum("ab,bc->ac", x, new int[] {3, 2}, w));
    assertArrayEquals(new float[] {7, 11, 16, 23}, einsum("ab,cb->ac", x, new int[] {2, 3}, w));
    assertArrayEquals(new float[] {7, 23}, einsum("ab,ab->a", x, new int[] {2, 3}, w));
    assertArrayEquals(
        new float[] {1, 0, 6, 0, 5, 18}, einsum("ab, ab -> ab", x, new int[] {2, 3}, w));
    assertArrayEquals(
        new float[] {1, 2, 2, 4, 3, 6, 4, 8, 5, 10, 6, 12},
        einsum("ab,c->abc", x, new int[] {2}, 1, 2));
    for (String wrong : List.of("ab,bc", "aa,bc->ac", "ab,cd->a", "ab,bc->ad", "...a,bc->ac")) {
      assertThrows(InvalidFileException.class, () -> einsum(wrong, x, new int[] {3, 2}, w), wrong);
    }
    assertThrows(InvalidFileException.class, () -> einsum("ab,ab->a", x, new int[] {3, 2}, w));
  }

  private float[] einsum(String equation, float[] x, int[] dims, float... w) throws IOException {
    OnnxMaker maker =
        new OnnxMaker(20)
            .input("x", OnnxMaker.FLOAT, 2, 3)
            .tensor("w", dims, w)
            .node("Einsum", List.of("x", "w"), List.of("y"), text("equation", equation))
            .output("y");
    return run(load(maker.bytes()), Kernels.scalar(), 2, x);
  }

  @Test
  void productsAreBroadcast() throws IOException {
    OnnxMaker maker =
        new OnnxMaker(20)
            .input("a", OnnxMaker.FLOAT, -1, 2, 3)
            .tensor("b", new int[] {1, 3, 2}, 1, 0, 0, 1, 1, 1f)
            .node("MatMul", List.of("a", "b"), List.of("y"))
            .output("y");
    float[] a = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    assertArrayEquals(
        new float[] {4, 5, 10, 11, 16, 17, 22, 23},
        run(load(maker.bytes()), Kernels.scalar(), 2, a));
  }

  /** A file whose batch is fixed is a layer of any batch all the same. */
  @Test
  void aFixedBatchIsOpenedInALayer() throws IOException {
    OnnxMaker maker =
        new OnnxMaker(13)
            .input("x", OnnxMaker.FLOAT, 1, 2, 2, 1)
            .tensor("shape", new int[] {2}, 1L, -1L)
            .node("Relu", List.of("x"), List.of("r"))
            .node("Reshape", List.of("r", "shape"), List.of("y"))
            .output("y");
    Layer layer = load(maker.bytes()).layer();
    Sequential model = new Sequential(1, Shape.of(2, 1, 2), layer);
    assertEquals(Shape.of(4), model.outputShape());
    Samples samples = FloatSamples.of(Fill.gaussian(1, 12), Shape.of(2, 1, 2));
    float[] y = predict(model, samples, Kernels.scalar());
    float[] x = samples.toArray();
    assertEquals(12, y.length);
    assertEquals(Math.max(0, x[5]), y[6]); // the second image's, with the channels first
  }

  private void refused(String sentence, OnnxMaker maker) throws IOException {
    String said = assertThrows(InvalidFileException.class, () -> load(maker.bytes())).getMessage();
    assertEquals(folder.resolve("model.onnx") + " " + sentence, said);
  }

  private static OnnxMaker maker() throws IOException {
    return new OnnxMaker(20).input("x", OnnxMaker.FLOAT, -1, 4).output("y");
  }

  @Test
  void whatIsNotKnownIsRefusedByItsName() throws IOException {
    refused(
        "cannot be run: node 'y_node' (NonZero, opset 20): this operator is not known",
        maker().node("NonZero", List.of("x"), List.of("y")));
    refused(
        "cannot be run: node 'y_node' (Relu, opset 20): the attribute 'slope' is not known",
        maker().node("Relu", List.of("x"), List.of("y"), OnnxGraph.integer("slope", 1)));
    refused(
        "has operators of opset 5, but those of 6 to 25 are known",
        new OnnxMaker(5).node("Relu", List.of("x"), List.of("y")));
    refused(
        "cannot be run: the input 'x' takes uint8, but only float is known",
        new OnnxMaker(20).input("x", OnnxMaker.UINT8, 3));
    refused(
        "cannot be run: the input 'x' leaves dimension 1 open, but only the first one may be",
        new OnnxMaker(20).input("x", OnnxMaker.FLOAT, 3, -1));
  }

  @Test
  void wrongGraphsAreRefused() throws IOException {
    refused(
        "cannot be run: node 'a_node' (Add, opset 20): it reads 'b', which a later node gives, or"
            + " none that is run: nodes must stand in their order, without a cycle",
        maker()
            .node("Add", List.of("x", "b"), List.of("a"))
            .node("Relu", List.of("a"), List.of("b")));
    refused(
        "cannot be run: node 'y_node' (Relu, opset 20): it reads 'z', which nothing gives",
        maker().node("Relu", List.of("z"), List.of("y")));
    refused(
        "cannot be run: node 'x_node' (Relu, opset 20): it gives 'x', which is there already",
        maker().node("Relu", List.of("x"), List.of("x")));
    refused(
        "cannot be run: no node that is run gives the output 'y'",
        maker().node("Relu", List.of("x"), List.of("z")));
    refused(
        "cannot be run: node 'y_node' (Add, opset 20): its input 1 is missing",
        maker().node("Add", List.of("x"), List.of("y")));
    refused(
        "cannot be run: node 'y_node' (Gemm, opset 20): tensor 'w' has 8 bytes, but its shape needs"
            + " 16",
        withWeights(OnnxMaker.shaped("w", 1, 2, 2).bytes(9, new byte[8])));
    refused(
        "cannot be run: node 'y_node' (Gemm, opset 20): tensor 'w' holds double, but should hold"
            + " float",
        withWeights(OnnxMaker.shaped("w", 11, 2, 2)));
    refused(
        "cannot be run: node 'y_node' (Gemm, opset 20): matmul takes two matrices whose inner"
            + " dimensions agree, but was given (None, 4) and (1, 1)",
        withWeights(OnnxMaker.shaped("w", 1, 1, 1).bytes(9, new byte[4])));
  }

  private static OnnxMaker withWeights(Message weights) throws IOException {
    OnnxMaker maker = maker().node("Gemm", List.of("x", "w"), List.of("y"));
    maker.graph.message(5, weights);
    return maker;
  }

  private static Message outside(String location, String offset) throws IOException {
    Message weights = OnnxMaker.shaped("w", 1, 4, 1).number(14, 1);
    String[] place = {"location", location, "offset", offset};
    for (int i = 0; i < place.length; i += 2) {
      weights.message(13, new Message().text(1, place[i]).text(2, place[i + 1]));
    }
    return weights;
  }

  @Test
  void weightsMayLieBesideTheFileAndNowhereElse() throws IOException {
    byte[] bytes = new byte[24];
    bytes[8 + 3] = 0x40; // 2f, little-endian, behind an offset of 8
    Files.write(folder.resolve("weights.bin"), bytes);
    OnnxModel model = load(withWeights(outside("weights.bin", "8")).bytes());
    assertArrayEquals(new float[] {6}, run(model, Kernels.scalar(), 1, new float[] {3, 1, 1, 1}));
    String node = "cannot be run: node 'y_node' (Gemm, opset 20): tensor 'w' ";
    String outside = " which is outside of the model's folder";
    for (String away : List.of("../weights.bin", "/etc/passwd", "")) {
      Files.write(folder.resolveSibling("weights.bin"), bytes);
      refused(node + "lies in '" + away + "'," + outside, withWeights(outside(away, "0")));
    }
    Files.delete(folder.resolveSibling("weights.bin"));
    refused(
        node + "should be 16 bytes from 9 of 'weights.bin', which has 24",
        withWeights(outside("weights.bin", "9")));
    refused(
        node + "lies in 'nothing.bin', which cannot be read",
        withWeights(outside("nothing.bin", "0")));
  }

  @Test
  void otherFilesAreCalledWhatTheyAre() throws IOException {
    Path file = Files.writeString(folder.resolve("a.onnx"), "<html><body>404</body></html>");
    String said = assertThrows(InvalidFileException.class, () -> OnnxModel.load(file)).getMessage();
    assertTrue(said.startsWith(file + " is an HTML page, but should be an ONNX model"), said);
    Path empty = Files.write(folder.resolve("b.onnx"), new byte[0]);
    String none =
        assertThrows(InvalidFileException.class, () -> OnnxModel.load(empty)).getMessage();
    assertEquals(
        empty + " is no ONNX model: it has no graph, or does not say of which opset", none);
  }

  /** Each is refused in one sentence, or is a model; neither takes much memory. */
  @Test
  void damagedFilesTakeLittleMemory() throws IOException {
    int models = 0;
    for (int seed = 0; seed < 1000; seed++) {
      RandomLayers drawn = new RandomLayers(seed % 40);
      Path file = folder.resolve("model.onnx");
      Onnx.write(drawn.model(), file);
      byte[] bytes = Mutation.of(Files.readAllBytes(file), seed);
      Files.write(file, bytes);
      long before = Memory.allocated();
      try {
        OnnxModel.load(file);
        models++;
      } catch (InvalidFileException expected) {
        String message = String.valueOf(expected.getMessage());
        assertTrue(message.startsWith(file + " ") && message.lines().count() == 1, message);
      } catch (RuntimeException undocumented) {
        fail("seed " + seed, undocumented);
      }
      long taken = Memory.allocated() - before;
      assertTrue(taken < (1 << 20) + 20L * bytes.length, taken + " bytes for " + bytes.length);
    }
    System.out.println(models + " of 1000 damaged ONNX files are models still");
  }
}
