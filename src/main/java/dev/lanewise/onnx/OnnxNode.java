package dev.lanewise.onnx;

import dev.lanewise.io.support.Names;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A node of an ONNX file. An attribute that nobody has asked for is not known; see {@link #check}.
 */
final class OnnxNode {
  /** What some operators have without any effect on inference. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of("consumed_inputs", "is_test", "momentum", "seed", "stash_type", "storage_order");

  /** An attribute: of its values one, or one kind, is set. */
  private static final class Attribute {
    private @Nullable Float real;
    private @Nullable Long number;
    private @Nullable String text;
    private @Nullable OnnxTensor tensor;
    private final Fields.Numbers reals = new Fields.Numbers();
    private final Fields.Numbers numbers = new Fields.Numbers();
  }

  private String op = "";
  private String domain = "";
  private String name = "";
  private final List<String> inputs = new ArrayList<>();
  private final List<String> outputs = new ArrayList<>();
  private final Map<String, Attribute> attributes = new LinkedHashMap<>();
  private final Set<String> asked = new HashSet<>(WITHOUT_EFFECT);

  private OnnxNode() {}

  /** Reads a message {@code NodeProto} of a model's file. */
  static OnnxNode read(Fields in, Path model) throws IOException {
    OnnxNode node = new OnnxNode();
    in.message(field -> node.field(field, in, model));
    if (node.op.isEmpty()) {
      throw new IllegalArgumentException("there is a node without an operator");
    }
    return node;
  }

  private void field(int field, Fields in, Path model) throws IOException {
    switch (field) {
      case 1 -> inputs.add(in.text());
      case 2 -> outputs.add(in.text());
      case 3 -> name = in.text();
      case 4 -> op = in.text();
      case 5 -> attribute(in, model);
      case 7 -> domain = in.text();
      default -> in.skip();
    }
  }

  private void attribute(Fields in, Path model) throws IOException {
    String[] called = {""};
    Attribute attribute = new Attribute();
    in.message(
        field -> {
          switch (field) {
            case 1 -> called[0] = in.text();
            case 2 -> attribute.real = in.real();
            case 3 -> attribute.number = in.number();
            case 4 -> attribute.text = in.text();
            case 5 -> attribute.tensor = OnnxTensor.read(in, model);
            case 7 -> in.reals(attribute.reals);
            case 8 -> in.numbers(attribute.numbers);
            default -> in.skip();
          }
        });
    attributes.put(called[0], attribute);
  }

  static boolean isStandard(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  /** The operator; one of another domain has that before its name. */
  String op() {
    return isStandard(domain) ? op : domain + "." + op;
  }

  List<String> inputs() {
    return inputs;
  }

  List<String> outputs() {
    return outputs;
  }

  /** Whether there is an input: it is neither left out nor empty. */
  boolean has(int input) {
    return input < inputs.size() && !inputs.get(input).isEmpty();
  }

  /** Refuses attributes that nothing has been made of. */
  void check() {
    for (String attribute : attributes.keySet()) {
      if (!asked.contains(attribute)) {
        throw new IllegalArgumentException(
            "the attribute " + Names.quoted(attribute) + " is not known");
      }
    }
  }

  private @Nullable Attribute attribute(String called) {
    asked.add(called);
    return attributes.get(called);
  }

  boolean has(String called) {
    return attribute(called) != null;
  }

  float real(String called, double otherwise) {
    Attribute attribute = attribute(called);
    if (attribute == null) {
      return (float) otherwise;
    }
    // proto3 leaves zeros out.
    return attribute.real == null ? 0 : attribute.real;
  }

  int number(String called, int otherwise) {
    Attribute attribute = attribute(called);
    if (attribute == null) {
      return otherwise;
    }
    return attribute.number == null ? 0 : Math.toIntExact(attribute.number);
  }

  boolean flag(String called) {
    return number(called, 0) != 0;
  }

  String text(String called, String otherwise) {
    Attribute attribute = attribute(called);
    return attribute == null || attribute.text == null ? otherwise : attribute.text;
  }

  int[] numbers(String called, int... otherwise) {
    Attribute attribute = attribute(called);
    return attribute == null ? otherwise : ints(attribute.numbers.longs());
  }

  long[] longs(String called) {
    Attribute attribute = attribute(called);
    return attribute == null ? new long[0] : attribute.numbers.longs();
  }

  float[] reals(String called) {
    Attribute attribute = attribute(called);
    return attribute == null ? new float[0] : attribute.reals.reals();
  }

  @Nullable OnnxTensor tensor(String called) {
    Attribute attribute = attribute(called);
    return attribute == null ? null : attribute.tensor;
  }

  static int[] ints(long... numbers) {
    return Arrays.stream(numbers).mapToInt(Math::toIntExact).toArray();
  }

  /** For messages: its name, or without one its first output; and its operator. */
  String described(long opset) {
    String called = name.isEmpty() && !outputs.isEmpty() ? outputs.getFirst() : name;
    return "node %s (%s, opset %d)".formatted(Names.quoted(called), Names.bounded(op()), opset);
  }
}
