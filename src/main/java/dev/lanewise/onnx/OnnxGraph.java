package dev.lanewise.onnx;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A chain of ONNX nodes, each of which reads the value before it, and their tensors. */
final class OnnxGraph {
  private static final String INPUT = "input";
  private static final String OUTPUT = "output";

  /** The version of the operators, and the oldest one of the format that may hold them. */
  private static final int OPSET = 20;

  private static final int IR_VERSION = 9;

  /** {@code TensorProto.DataType.FLOAT}. */
  private static final int FLOATS = 1;

  /** Each node without its output, which the next node names, or the end of the graph. */
  private final List<Message> nodes = new ArrayList<>();

  private String last = INPUT;
  private final List<Message> tensors = new ArrayList<>();

  /** Appends a node that reads the value so far, and then tensors. */
  void node(String op, String name, List<String> inputs, Message... attributes) throws IOException {
    Message node = new Message().text(1, last);
    if (!nodes.isEmpty()) {
      nodes.getLast().text(2, last);
    }
    for (String input : inputs) {
      node.text(1, input);
    }
    node.text(3, name).text(4, op);
    for (Message attribute : attributes) {
      node.message(5, attribute);
    }
    nodes.add(node);
    last = name;
  }

  /** Appends a node that only reorders dimensions; the batch stays the first. */
  void transpose(String name, int... order) throws IOException {
    node("Transpose", name, List.of(), integers("perm", order));
  }

  /** Adds a tensor and returns its name. */
  String tensor(String name, int[] dims, float[] values) throws IOException {
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    Message tensor = new Message();
    for (int dim : dims) {
      tensor.number(1, dim);
    }
    tensors.add(tensor.number(2, FLOATS).text(8, name).bytes(9, raw.array()));
    return name;
  }

  static Message integer(String name, int value) throws IOException {
    return new Message().text(1, name).number(3, value).number(20, 2);
  }

  static Message real(String name, double value) throws IOException {
    return new Message().text(1, name).real(2, (float) value).number(20, 1);
  }

  static Message integers(String name, int... values) throws IOException {
    Message attribute = new Message().text(1, name);
    for (int value : values) {
      attribute.number(8, value);
    }
    return attribute.number(20, 7);
  }

  /** The whole model; the dimensions are without the batch, which stays open. */
  byte[] model(int[] input, int[] output, String version, Map<String, String> metadata)
      throws IOException {
    Message graph = new Message();
    if (nodes.isEmpty()) {
      node("Identity", "identity", List.of());
    }
    nodes.getLast().text(2, OUTPUT);
    for (Message node : nodes) {
      graph.message(1, node);
    }
    graph.text(2, "lanewise");
    for (Message tensor : tensors) {
      graph.message(5, tensor);
    }
    graph.message(11, value(INPUT, input)).message(12, value(OUTPUT, output));
    Message model =
        new Message()
            .number(1, IR_VERSION)
            .text(2, "lanewise")
            .text(3, version)
            .message(7, graph)
            .message(8, new Message().text(1, "").number(2, OPSET));
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      model.message(14, new Message().text(1, entry.getKey()).text(2, entry.getValue()));
    }
    return model.toByteArray();
  }

  private static Message value(String name, int[] dims) throws IOException {
    Message shape = new Message().message(1, new Message().text(2, "N"));
    for (int dim : dims) {
      shape.message(1, new Message().number(1, dim));
    }
    Message tensor = new Message().number(1, FLOATS).message(2, shape);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  /**
   * A message in protobuf's wire format, written field by field. ONNX's schema is onnx.proto3; the
   * numbers of the fields that are used stand in {@link OnnxGraph}.
   */
  static final class Message {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

    Message number(int field, long value) throws IOException {
      out.writeInt64(field, value);
      return this;
    }

    Message real(int field, float value) throws IOException {
      out.writeFloat(field, value);
      return this;
    }

    Message text(int field, String value) throws IOException {
      out.writeString(field, value);
      return this;
    }

    Message bytes(int field, byte[] value) throws IOException {
      out.writeByteArray(field, value);
      return this;
    }

    Message message(int field, Message value) throws IOException {
      return bytes(field, value.toByteArray());
    }

    byte[] toByteArray() throws IOException {
      out.flush();
      return bytes.toByteArray();
    }
  }
}
