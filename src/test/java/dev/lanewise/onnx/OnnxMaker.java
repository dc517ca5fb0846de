package dev.lanewise.onnx;

import dev.lanewise.onnx.OnnxGraph.Message;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Cases.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Writes ONNX files field by field, right ones and wrong ones, for tests of what reads them. */
final class OnnxMaker {
  static final int FLOAT = 1;
  static final int UINT8 = 2;
  static final int INT64 = 7;
  static final int BOOL = 9;

  final Message graph = new Message();
  private final long opset;

  OnnxMaker(long opset) {
    this.opset = opset;
  }

  byte[] bytes() throws IOException {
    return new Message()
        .number(1, 9)
        .message(7, graph)
        .message(8, new Message().text(1, "").number(2, opset))
        .toByteArray();
  }

  OnnxMaker input(String name, int type, int... dims) throws IOException {
    return value(11, name, type, dims);
  }

  OnnxMaker output(String name) throws IOException {
    return value(12, name, FLOAT);
  }

  /** A dimension of −1 is open. */
  private OnnxMaker value(int field, String name, int type, int... dims) throws IOException {
    Message shape = new Message();
    for (int dim : dims) {
      shape.message(1, dim < 0 ? new Message().text(2, "N") : new Message().number(1, dim));
    }
    Message tensor = new Message().number(1, type).message(2, shape);
    graph.message(field, new Message().text(1, name).message(2, new Message().message(1, tensor)));
    return this;
  }

  OnnxMaker node(String op, List<String> inputs, List<String> outputs, Message... attributes)
      throws IOException {
    Message node = new Message();
    for (String input : inputs) {
      node.text(1, input);
    }
    for (String output : outputs) {
      node.text(2, output);
    }
    node.text(3, outputs.getFirst() + "_node").text(4, op);
    for (Message attribute : attributes) {
      node.message(5, attribute);
    }
    graph.message(1, node);
    return this;
  }

  OnnxMaker tensor(String name, int[] dims, float... values) throws IOException {
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    graph.message(5, shaped(name, FLOAT, dims).bytes(9, raw.array()));
    return this;
  }

  OnnxMaker tensor(String name, int[] dims, long... values) throws IOException {
    Message tensor = shaped(name, INT64, dims);
    for (long value : values) {
      tensor.number(7, value);
    }
    graph.message(5, tensor);
    return this;
  }

  static Message shaped(String name, int type, int... dims) throws IOException {
    Message tensor = new Message();
    for (int dim : dims) {
      tensor.number(1, dim);
    }
    return tensor.number(2, type).text(8, name);
  }

  /** A published vector; inputs that hold whole numbers or match are constants of the file. */
  static byte[] of(Cases.Onnx one, Predicate<String> constant) throws IOException {
    OnnxMaker maker = new OnnxMaker(one.opset());
    for (Map<?, ?> inputs :
        List.of(one.json().entry("initializers").map(), one.json().entry("inputs").map())) {
      for (Object name : inputs.keySet()) {
        String type = (String) ((Map<?, ?>) inputs.get(name)).get("dtype");
        Tensor tensor = one.inputs().get(name);
        boolean floats = type.equals("f32");
        if (type.equals("u8")) {
          maker.input((String) name, UINT8, tensor.shape());
        } else if (!floats) {
          Message values = shaped((String) name, type.equals("i64") ? INT64 : BOOL, tensor.shape());
          for (int value : tensor.ints()) {
            values.number(type.equals("i64") ? 7 : 5, value);
          }
          maker.graph.message(5, values);
        } else if (tensor.rank() == 0 || constant.test((String) name)) {
          maker.tensor((String) name, tensor.shape(), tensor.floats());
        } else {
          maker.input((String) name, FLOAT, tensor.shape());
        }
      }
    }
    for (Cases.Node node : one.nodes()) {
      Message[] attributes = new Message[node.attrs().map().size()];
      int next = 0;
      for (Map.Entry<String, Object> entry : node.attrs().map().entrySet()) {
        attributes[next++] = attribute(entry.getKey(), entry.getValue(), node);
      }
      maker.node(node.op(), node.inputs(), node.outputs(), attributes);
    }
    Map<String, Object> outputs = one.json().entry("outputs").map();
    for (String name : outputs.keySet()) {
      if (!"bool".equals(((Map<?, ?>) outputs.get(name)).get("dtype"))) {
        maker.output(name);
      }
    }
    return maker.bytes();
  }

  private static Message attribute(String name, Object value, Cases.Node node) throws IOException {
    return switch (value) {
      case Integer number -> OnnxGraph.integer(name, number);
      case Number number -> OnnxGraph.real(name, number.doubleValue());
      case String text -> new Message().text(1, name).text(4, text).number(20, 3);
      case List<?> _ -> OnnxGraph.integers(name, node.attrs().ints(name));
      default -> {
        Tensor tensor = node.attrs().tensor(name);
        Message values = shaped("", FLOAT, tensor.shape());
        for (float one : tensor.floats()) {
          values.real(4, one);
        }
        yield new Message().text(1, name).message(5, values).number(20, 4);
      }
    };
  }
}
