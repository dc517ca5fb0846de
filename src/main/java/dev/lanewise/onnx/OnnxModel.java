package dev.lanewise.onnx;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Plan;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.graph.op.SoftmaxOp;
import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.support.Names;
import dev.lanewise.nn.Layer;
import dev.lanewise.onnx.Lowering.Value;
import dev.lanewise.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * A model that was read from an ONNX file, as a graph of this library's operations: it runs on the
 * same kernels, with the same bits on every machine, as a model that was made here.
 *
 * <p>Only inference is known. Operators, and what each of them is here, stand in docs/interop.md; a
 * file with any other is refused. Weights may lie in other files in the model's folder.
 *
 * <p>Needs com.google.protobuf:protobuf-java, which users of Lanewise add themselves.
 */
public final class OnnxModel {
  private final OnnxFile file;
  private final Map<Object, Variable> constants = new HashMap<>();
  private final Graph graph = new Graph();
  private final List<Node> inputs = new ArrayList<>();
  private final List<Node> outputs;

  private OnnxModel(OnnxFile file) {
    this.file = file;
    Ops ops = new Ops(graph);
    Map<String, Value> values = new HashMap<>();
    for (OnnxFile.Input input : file.inputs.values()) {
      Node node = ops.input(input.name(), shape(input));
      inputs.add(node);
      values.put(input.name(), Value.first(node));
    }
    outputs = new Lowering(file, ops, constants, Lowering.NO_BATCH).run(values);
  }

  /**
   * Reads a model. A first dimension that the file leaves open is the batch.
   *
   * @param file the file
   * @return the model
   * @throws InvalidFileException if it is no ONNX file, or damaged, or has an operator, a type or a
   *     shape that is not known here: one sentence that names the node
   * @throws IOException if it cannot be read
   * @throws IllegalStateException if protobuf-java is missing
   */
  public static OnnxModel load(Path file) throws IOException {
    try {
      OnnxFile read = OnnxFile.read(file);
      try {
        return new OnnxModel(read);
      } catch (IllegalArgumentException wrong) {
        throw read.refused("cannot be run: " + wrong.getMessage());
      }
    } catch (NoClassDefFoundError missing) {
      throw Onnx.missing("reading", missing);
    }
  }

  private static Shape shape(OnnxFile.Input input) {
    int[] dims = input.dims().stream().mapToInt(i -> i).toArray();
    for (int i = 1; i < dims.length; i++) {
      if (dims[i] == Shape.BATCH) {
        throw new IllegalArgumentException(
            "the input %s leaves dimension %d open, but only the first one may be"
                .formatted(Names.quoted(input.name()), i));
      }
    }
    if (input.type() != OnnxTensor.FLOAT) {
      throw new IllegalArgumentException(
          "the input %s takes %s, but only float is known"
              .formatted(Names.quoted(input.name()), OnnxTensor.type(input.type())));
    }
    return Shape.of(dims);
  }

  /**
   * Returns the graph, for a {@link Plan}.
   *
   * @return the graph
   */
  public Graph graph() {
    return graph;
  }

  /**
   * Returns the inputs, which are to be filled in before a run, in the file's dimensions and order.
   *
   * @return nodes of the graph
   */
  public List<Node> inputs() {
    return Collections.unmodifiableList(inputs);
  }

  /**
   * Returns the outputs, in the file's dimensions and order.
   *
   * @return nodes of the graph
   */
  public List<Node> outputs() {
    return outputs;
  }

  /**
   * Returns the names of the inputs.
   *
   * @return one for each of {@link #inputs}
   */
  public List<String> inputNames() {
    return List.copyOf(file.inputs.keySet());
  }

  /**
   * Returns the names of the outputs.
   *
   * @return one for each of {@link #outputs}
   */
  public List<String> outputNames() {
    return List.copyOf(file.outputs);
  }

  /**
   * Returns the metadata.
   *
   * @return values by key, in the file's order
   */
  public SequencedMap<String, String> metadata() {
    return Collections.unmodifiableSequencedMap(file.metadata);
  }

  /**
   * Returns the weights as the graph reads them, under the names of the file's tensors: a
   * convolution's as HWIO.
   *
   * @return the variables in the order in which they are read first
   */
  public List<Variable> variables() {
    return graph.nodes().stream()
        .flatMap(node -> Optional.ofNullable(node.op().variable()).stream())
        .distinct()
        .toList();
  }

  /**
   * Returns whether the first output comes from a softmax: whether it is probabilities.
   *
   * @return whether it does
   */
  public boolean givesProbabilities() {
    return outputs.getFirst().op().equals(new SoftmaxOp());
  }

  /**
   * Returns the model as a layer whose images have their channels first in the file, if their sizes
   * allow that; see {@link #layer(Onnx.Images)}.
   *
   * @return the layer
   * @throws IllegalArgumentException if the model has not one input
   */
  public Layer layer() {
    return layer(Onnx.Images.NCHW);
  }

  /**
   * Returns the model as a layer, for a {@link dev.lanewise.nn.Sequential}: the weights are fixed,
   * and the batch is open whatever the file says. The layer takes images as all layers here, with
   * their channels last; its output is the file's first one, in the file's order, each image's as a
   * row if it has no more than one pixel.
   *
   * @param images where the channels of the input's images lie in the file, if both are possible
   * @return the layer
   * @throws IllegalArgumentException if the model has not one input
   */
  public Layer layer(Onnx.Images images) {
    if (inputs.size() != 1) {
      throw new IllegalArgumentException(
          "a layer has one input, but the model has %d".formatted(inputs.size()));
    }
    return new Whole(this, images);
  }

  /** The model behind an input of another graph, whose batch is open. */
  private Node apply(Ops ops, Node x, Onnx.Images images) {
    OnnxFile.Input input = file.inputs.firstEntry().getValue();
    List<Integer> dims = input.dims();
    int fixed = dims.isEmpty() ? Lowering.NO_BATCH : dims.getFirst();
    Lowering lowering = new Lowering(file, ops, constants, fixed);
    Value entering = entering(lowering, x, shape(input), images);
    Node y = lowering.run(Map.of(input.name(), entering)).getFirst();
    Shape shape = y.shape();
    if (!shape.hasBatch()) {
      throw new IllegalArgumentException("the output %s has no batch".formatted(shape));
    }
    boolean row = shape.rank() > 2 && shape.sample().elements() == shape.dim(1);
    return row ? ops.reshape(y, Shape.of(Shape.BATCH, shape.dim(1))) : y;
  }

  /** Images as they are here, or any value of as many elements, as the file's input. */
  private static Value entering(Lowering lowering, Node x, Shape wanted, Onnx.Images images) {
    if (wanted.rank() > 0) {
      int[] dims = wanted.dims();
      dims[0] = Shape.BATCH;
      Shape open = Shape.of(dims);
      boolean same = images == Onnx.Images.NHWC && open.equals(x.shape());
      if (!same && x.shape().rank() == 4 && open.equals(channelsFirst(x.shape()))) {
        return Value.last(x);
      }
      if (open.sample().elements() == x.shape().sample().elements()) {
        return Value.first(lowering.reshaped(x, open));
      }
    }
    throw new IllegalArgumentException(
        "the model takes %s, but was given %s".formatted(wanted, x.shape()));
  }

  private static Shape channelsFirst(Shape x) {
    return Shape.of(x.dim(0), x.dim(3), x.dim(1), x.dim(2));
  }

  /** A model that is a layer. */
  private record Whole(OnnxModel model, Onnx.Images images) implements Layer {
    @Override
    public String kind() {
      return "Onnx";
    }

    @Override
    public Shape outputShape(Shape input) {
      Ops ops = new Ops(new Graph());
      return model.apply(ops, ops.input("x", input.batched()), images).shape().sample();
    }

    @Override
    public Node apply(Ops ops, Node x, List<Variable> weights, boolean training, int stream) {
      return model.apply(ops, x, images);
    }

    @Override
    public String toString() {
      return kind() + model.inputNames() + model.outputNames();
    }
  }
}
