package dev.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.nn.Layer;
import dev.lanewise.nn.MnistCnn;
import dev.lanewise.nn.Sequential;
import dev.lanewise.tensor.Shape;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in the files; OnnxRuntimeTest, in a profile of its own, runs them. */
class OnnxTest {
  @TempDir Path folder;

  private UnknownFieldSet written(Sequential model, Onnx.Images images) throws IOException {
    Path file = folder.resolve("model.onnx");
    Onnx.write(model, file, images);
    return UnknownFieldSet.parseFrom(Files.readAllBytes(file));
  }

  private static List<UnknownFieldSet> messages(UnknownFieldSet in, int field) throws IOException {
    List<UnknownFieldSet> all = new ArrayList<>();
    for (ByteString bytes : in.getField(field).getLengthDelimitedList()) {
      all.add(UnknownFieldSet.parseFrom(bytes));
    }
    return all;
  }

  private static List<String> texts(UnknownFieldSet in, int field) {
    return in.getField(field).getLengthDelimitedList().stream()
        .map(ByteString::toStringUtf8)
        .toList();
  }

  private static String nodes(UnknownFieldSet model) throws IOException {
    StringBuilder text = new StringBuilder();
    for (UnknownFieldSet node : messages(messages(model, 7).getFirst(), 1)) {
      text.append(texts(node, 4).getFirst()).append(' ').append(texts(node, 3).getFirst());
      text.append(texts(node, 1)).append(" -> ").append(texts(node, 2).getFirst()).append('\n');
    }
    return text.toString();
  }

  @Test
  void theCnnsNodesAreItsLayersWithoutDropout() throws Exception {
    UnknownFieldSet model = written(MnistCnn.create(1), Onnx.Images.NCHW);
    assertEquals(List.of(9L), model.getField(1).getVarintList());
    assertEquals(List.of("lanewise"), texts(model, 2));
    assertEquals(List.of(20L), messages(model, 8).getFirst().getField(2).getVarintList());
    assertEquals(
        """
        Conv conv2d[input, conv2d/kernel, conv2d/bias] -> conv2d
        Relu conv2d/activation[conv2d] -> conv2d/activation
        MaxPool max_pooling2d[conv2d/activation] -> max_pooling2d
        Transpose flatten/nhwc[max_pooling2d] -> flatten/nhwc
        Flatten flatten[flatten/nhwc] -> flatten
        Gemm dense[flatten, dense/kernel, dense/bias] -> dense
        Relu dense/activation[dense] -> dense/activation
        Gemm dense_1[dense/activation, dense_1/kernel, dense_1/bias] -> dense_1
        Softmax dense_1/activation[dense_1] -> output
        """,
        nodes(model));
    assertEquals(
        List.of("dropout", "Dropout[rate=0.25]"),
        List.of(
            texts(messages(model, 14).get(2), 1).getFirst(),
            texts(messages(model, 14).get(2), 2).getFirst()));
  }

  @Test
  void metadataMaySayHowTheModelWasTrained() throws Exception {
    Path file = folder.resolve("model.onnx");
    Onnx.write(MnistCnn.create(1), file, Onnx.Images.NCHW, Map.of("training.seed", "1"));
    UnknownFieldSet first =
        messages(UnknownFieldSet.parseFrom(Files.readAllBytes(file)), 14).getFirst();
    assertEquals(
        List.of("training.seed", "1"),
        List.of(texts(first, 1).getFirst(), texts(first, 2).getFirst()));
  }

  @Test
  void imagesMayHaveTheirChannelsLast() throws Exception {
    UnknownFieldSet model = written(MnistCnn.create(1), Onnx.Images.NHWC);
    assertTrue(
        nodes(model)
            .startsWith(
                """
                Transpose input_nchw[input] -> input_nchw
                Conv conv2d[input_nchw, conv2d/kernel, conv2d/bias] -> conv2d
                """),
        nodes(model));
  }

  @Test
  void tensorsHoldTheWeights() throws Exception {
    Sequential cnn = MnistCnn.create(1);
    List<UnknownFieldSet> tensors =
        messages(messages(written(cnn, Onnx.Images.NCHW), 7).getFirst(), 5);
    assertEquals(List.of(32L, 1L, 3L, 3L), tensors.getFirst().getField(1).getVarintList());
    assertEquals(List.of(5408L, 256L), tensors.get(2).getField(1).getVarintList());
    float[] kernel = cnn.variables().getFirst().values(); // 3 × 3 × 1 × 32
    float[] turned = new float[kernel.length];
    for (int i = 0; i < kernel.length; i++) {
      turned[i % 32 * 9 + i / 32] = kernel[i];
    }
    assertArrayEquals(turned, values(tensors.getFirst()));
    assertArrayEquals(cnn.variables().get(2).values(), values(tensors.get(2)));
  }

  private static float[] values(UnknownFieldSet tensor) {
    ByteString raw = tensor.getField(9).getLengthDelimitedList().getFirst();
    FloatBuffer buffer = raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }

  @Test
  void aLayerOfOnesOwnIsRefusedBeforeAnythingIsWritten() {
    record Own() implements Layer {
      @Override
      public String kind() {
        return "Own";
      }

      @Override
      public String stem() {
        return "own";
      }

      @Override
      public Shape outputShape(Shape input) {
        return input;
      }

      @Override
      public Node apply(Ops ops, Node x, List<Variable> weights, boolean training, int stream) {
        return ops.relu(x);
      }
    }
    Sequential model = new Sequential(1, Shape.of(3), new Own());
    Path file = folder.resolve("own.onnx");
    String said =
        assertThrows(IllegalArgumentException.class, () -> Onnx.write(model, file)).getMessage();
    assertEquals("layer own is a Own, which cannot be written as ONNX", said);
    assertFalse(Files.exists(file));
  }

  @Test
  void aNameEndsWithOnnxInAnyCase() {
    assertTrue(Onnx.isName(Path.of("a/Model.ONNX")));
    assertFalse(Onnx.isName(Path.of("a.onnx/model.safetensors")));
  }
}
