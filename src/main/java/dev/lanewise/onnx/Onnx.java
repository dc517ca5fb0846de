package dev.lanewise.onnx;

import dev.lanewise.graph.Variable;
import dev.lanewise.io.support.AtomicFile;
import dev.lanewise.nn.Activation;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.AveragePooling2D;
import dev.lanewise.nn.BatchNormalization;
import dev.lanewise.nn.Conv2D;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.ELU;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.GlobalAveragePooling2D;
import dev.lanewise.nn.Layer;
import dev.lanewise.nn.LayerNormalization;
import dev.lanewise.nn.LeakyReLU;
import dev.lanewise.nn.MaxPooling2D;
import dev.lanewise.nn.Padding;
import dev.lanewise.nn.Sequential;
import dev.lanewise.onnx.OnnxGraph.Message;
import dev.lanewise.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Writes models as ONNX (operators of opset 20, IR version 9), to be run by ONNX Runtime and
 * others.
 *
 * <p>The file has one input, {@code input}, and one output, {@code output}; the first dimension of
 * both is the batch, {@code N}, and open. Nodes have the names of the layers, tensors those of the
 * weights; a convolution's kernel lies as OIHW. Dropout is left out. The metadata say how each
 * layer is set.
 *
 * <p>Needs com.google.protobuf:protobuf-java, which users of Lanewise add themselves.
 */
public final class Onnx {
  /** Where the channels of an image lie, in the input, and in an output that is an image. */
  public enum Images {
    /** Channels first, as PyTorch has them: [N, channels, height, width]. */
    NCHW,
    /** Channels last, as Keras has them: [N, height, width, channels]. */
    NHWC
  }

  private final Images images;
  private final OnnxGraph graph = new OnnxGraph();

  private Onnx(Images images) {
    this.images = images;
  }

  /**
   * Writes a model whose images have their channels first; the file appears whole or not at all.
   *
   * @param model the model
   * @param file where to write
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if a layer is none of {@code dev.lanewise.nn}'s
   * @throws IllegalStateException if protobuf-java is missing, or a step failed midway; see {@link
   *     Sequential#checkWhole}
   */
  public static void write(Sequential model, Path file) throws IOException {
    write(model, file, Images.NCHW);
  }

  /**
   * Writes a model; the file appears whole or not at all.
   *
   * @param model the model
   * @param file where to write
   * @param images where the channels of images lie
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if a layer is none of {@code dev.lanewise.nn}'s
   * @throws IllegalStateException if protobuf-java is missing, or a step failed midway; see {@link
   *     Sequential#checkWhole}
   */
  public static void write(Sequential model, Path file, Images images) throws IOException {
    write(model, file, images, Map.of());
  }

  /**
   * Writes a model with further metadata; the file appears whole or not at all.
   *
   * @param model the model
   * @param file where to write
   * @param images where the channels of images lie
   * @param metadata what else the file is to say, by key; layers' names are taken
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if a layer is none of {@code dev.lanewise.nn}'s
   * @throws IllegalStateException if protobuf-java is missing, or a step failed midway; see {@link
   *     Sequential#checkWhole}
   */
  public static void write(Sequential model, Path file, Images images, Map<String, String> metadata)
      throws IOException {
    byte[] bytes = bytes(model, images, metadata);
    AtomicFile.write(file, out -> out.write(bytes));
  }

  /**
   * Refuses a model that cannot be written, so that a training need not end for that to be seen.
   *
   * @param model the model
   * @throws IllegalArgumentException if a layer is none of {@code dev.lanewise.nn}'s
   * @throws IllegalStateException if protobuf-java is missing, or a step failed midway
   */
  public static void check(Sequential model) {
    try {
      bytes(model, Images.NCHW, Map.of());
    } catch (IOException unexpected) {
      throw new IllegalStateException(unexpected); // nothing is written
    }
  }

  /**
   * Returns whether a file's name ends with .onnx.
   *
   * @param file the file
   * @return whether it does, in any case
   */
  public static boolean isName(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".onnx");
  }

  private static byte[] bytes(Sequential model, Images images, Map<String, String> more)
      throws IOException {
    model.weightsLock().lock();
    try {
      model.checkWhole();
      return new Onnx(images).convert(model, more);
    } catch (NoClassDefFoundError missing) {
      throw missing("writing", missing);
    } finally {
      model.weightsLock().unlock();
    }
  }

  static IllegalStateException missing(String doing, NoClassDefFoundError missing) {
    return new IllegalStateException(
        doing
            + " ONNX needs com.google.protobuf:protobuf-java: "
            + missing.getMessage()
            + " is missing",
        missing);
  }

  private byte[] convert(Sequential model, Map<String, String> more) throws IOException {
    SequencedMap<String, String> metadata = new LinkedHashMap<>(more);
    Shape input = model.inputShape();
    Shape output = model.outputShape();
    if (isImage(input) && images == Images.NHWC) {
      channelsFirst("input_nchw", 3);
    }
    Shape shape = input;
    int next = 0;
    for (int i = 0; i < model.layers().size(); i++) {
      Layer layer = model.layers().get(i);
      String name = model.layerNames().get(i);
      int own = layer.weights(shape).size();
      append(layer, name, shape, model.variables().subList(next, next + own));
      metadata.put(name, layer.toString());
      next += own;
      shape = layer.outputShape(shape);
    }
    if (isImage(output) && images == Images.NHWC) {
      channelsLast("output_nhwc", 3);
    }
    String version = Onnx.class.getPackage().getImplementationVersion();
    return graph.model(
        dims(input), dims(output), version == null ? "development" : version, metadata);
  }

  /** Within the graph, images have their channels first. */
  private int[] dims(Shape shape) {
    return isImage(shape) && images == Images.NCHW
        ? new int[] {shape.dim(2), shape.dim(0), shape.dim(1)}
        : shape.dims();
  }

  private static boolean isImage(Shape shape) {
    return shape.rank() == 3;
  }

  private void append(Layer layer, String name, Shape input, List<Variable> weights)
      throws IOException {
    Shape output = layer.outputShape(input);
    switch (layer) {
      case Conv2D conv -> {
        int[] kernel = {conv.kernelHeight(), conv.kernelWidth()};
        int[] strides = {conv.strideHeight(), conv.strideWidth()};
        int[] dilations = {conv.dilationHeight(), conv.dilationWidth()};
        graph.node(
            "Conv",
            name,
            List.of(oihw(weights.get(0)), tensor(weights.get(1))),
            OnnxGraph.integers("kernel_shape", kernel),
            OnnxGraph.integers("strides", strides),
            OnnxGraph.integers("dilations", dilations),
            pads(conv.padding(), input, output, kernel, strides, dilations),
            OnnxGraph.integer("group", conv.groups()));
        function(conv.activation(), name + "/activation", output);
      }
      case Dense dense -> {
        graph.node("Gemm", name, List.of(tensor(weights.get(0)), tensor(weights.get(1))));
        function(dense.activation(), name + "/activation", output);
      }
      case MaxPooling2D pool -> {
        int[] window = {pool.poolHeight(), pool.poolWidth()};
        int[] strides = {pool.strideHeight(), pool.strideWidth()};
        pool("MaxPool", name, input, output, pool.padding(), window, strides);
      }
      case AveragePooling2D pool -> {
        int[] window = {pool.poolHeight(), pool.poolWidth()};
        int[] strides = {pool.strideHeight(), pool.strideWidth()};
        pool("AveragePool", name, input, output, pool.padding(), window, strides);
      }
      case GlobalAveragePooling2D _ -> {
        graph.node("GlobalAveragePool", name, List.of());
        graph.node("Flatten", name + "/flatten", List.of());
      }
      case Flatten _ -> {
        if (isImage(input)) {
          channelsLast(name + "/nhwc", 3); // the order in which the next layer's weights lie
        }
        graph.node("Flatten", name, List.of());
      }
      case Dropout _ -> {}
      case Activation(ActivationFunction function) -> function(function, name, output);
      case LeakyReLU(double slope) ->
          graph.node("LeakyRelu", name, List.of(), OnnxGraph.real("alpha", slope));
      case ELU(double alpha) -> graph.node("Elu", name, List.of(), OnnxGraph.real("alpha", alpha));
      case LayerNormalization norm -> layerNormalization(norm, name, input, weights);
      case BatchNormalization norm -> batchNormalization(norm, name, input, weights);
      default ->
          throw new IllegalArgumentException(
              "layer " + name + " is a " + layer.kind() + ", which cannot be written as ONNX");
    }
  }

  private void function(ActivationFunction function, String name, Shape shape) throws IOException {
    switch (function) {
      case LINEAR -> {}
      case RELU -> graph.node("Relu", name, List.of());
      case SOFTMAX -> {
        int axis = isImage(shape) ? 1 : -1; // the channels
        graph.node("Softmax", name, List.of(), OnnxGraph.integer("axis", axis));
      }
      case LEAKY_RELU -> graph.node("LeakyRelu", name, List.of(), OnnxGraph.real("alpha", 0.2));
      case ELU -> graph.node("Elu", name, List.of(), OnnxGraph.real("alpha", 1));
      case SIGMOID -> graph.node("Sigmoid", name, List.of());
      case TANH -> graph.node("Tanh", name, List.of());
      case SOFTPLUS -> graph.node("Softplus", name, List.of());
      case GELU -> graph.node("Gelu", name, List.of());
    }
  }

  /** An average counts no padding, as without an attribute, and a maximum none in any case. */
  private void pool(
      String op,
      String name,
      Shape input,
      Shape output,
      Padding padding,
      int[] window,
      int[] strides)
      throws IOException {
    graph.node(
        op,
        name,
        List.of(),
        OnnxGraph.integers("kernel_shape", window),
        OnnxGraph.integers("strides", strides),
        pads(padding, input, output, window, strides, new int[] {1, 1}));
  }

  /** Top, left, bottom, right; of an odd total the smaller half is at the top and left. */
  private static Message pads(
      Padding padding, Shape input, Shape output, int[] window, int[] strides, int[] dilations)
      throws IOException {
    int[] pads = new int[4];
    for (int i = 0; i < 2 && padding == Padding.SAME; i++) {
      int covered = (output.dim(i) - 1) * strides[i] + (window[i] - 1) * dilations[i] + 1;
      int total = Math.max(0, covered - input.dim(i));
      pads[i] = total / 2;
      pads[i + 2] = total - pads[i];
    }
    return OnnxGraph.integers("pads", pads);
  }

  /** Over the last dimensions of an input whose channels lie last. */
  private void layerNormalization(
      LayerNormalization norm, String name, Shape input, List<Variable> weights)
      throws IOException {
    int[] row = Arrays.copyOfRange(input.dims(), input.rank() - norm.dims(), input.rank());
    if (isImage(input)) {
      channelsLast(name + "/nhwc", 3);
    }
    graph.node(
        "LayerNormalization",
        name,
        scaleAndShift(name, row, norm.scale(), norm.center(), weights),
        OnnxGraph.integer("axis", -norm.dims()),
        OnnxGraph.real("epsilon", norm.epsilon()));
    if (isImage(input)) {
      channelsFirst(name + "/nchw", 3);
    }
  }

  /** Over the second dimension, where the channels of images and of single numbers are already. */
  private void batchNormalization(
      BatchNormalization norm, String name, Shape input, List<Variable> weights)
      throws IOException {
    int rank = input.rank();
    boolean turned = rank > 1 && !isImage(input);
    int[] channels = {input.dim(-1)};
    int trained = weights.size() - 2;
    List<String> tensors =
        scaleAndShift(name, channels, norm.scale(), norm.center(), weights.subList(0, trained));
    for (Variable moving : weights.subList(trained, weights.size())) {
      tensors.add(tensor(moving));
    }
    if (turned) {
      channelsFirst(name + "/first", rank);
    }
    graph.node("BatchNormalization", name, tensors, OnnxGraph.real("epsilon", norm.epsilon()));
    if (turned) {
      channelsLast(name + "/last", rank);
    }
  }

  /** Gamma and beta, or what stands for them: ONNX has no normalization without. */
  private List<String> scaleAndShift(
      String name, int[] dims, boolean scale, boolean center, List<Variable> weights)
      throws IOException {
    Iterator<Variable> next = weights.iterator();
    List<String> tensors = new ArrayList<>();
    tensors.add(scale ? tensor(next.next()) : filled(name + "/gamma", dims, 1));
    tensors.add(center ? tensor(next.next()) : filled(name + "/beta", dims, 0));
    return tensors;
  }

  private String filled(String name, int[] dims, float value) throws IOException {
    float[] values = new float[Arrays.stream(dims).reduce(1, Math::multiplyExact)];
    Arrays.fill(values, value);
    return graph.tensor(name, dims, values);
  }

  private void channelsFirst(String name, int rank) throws IOException {
    int[] order = new int[rank + 1];
    Arrays.setAll(order, i -> i < 2 ? i * rank : i - 1);
    graph.transpose(name, order);
  }

  private void channelsLast(String name, int rank) throws IOException {
    int[] order = new int[rank + 1];
    Arrays.setAll(order, i -> i == 0 ? 0 : i % rank + 1);
    graph.transpose(name, order);
  }

  private String tensor(Variable variable) throws IOException {
    return graph.tensor(variable.name(), variable.shape().dims(), variable.values());
  }

  /** A kernel HWIO as OIHW. */
  private String oihw(Variable kernel) throws IOException {
    int[] hwio = kernel.shape().dims();
    int taps = hwio[0] * hwio[1];
    float[] values = new float[kernel.values().length];
    for (int i = 0; i < values.length; i++) {
      int out = i % hwio[3];
      int in = i / hwio[3] % hwio[2];
      int tap = i / (hwio[3] * hwio[2]);
      values[(out * hwio[2] + in) * taps + tap] = kernel.values()[i];
    }
    return graph.tensor(kernel.name(), new int[] {hwio[3], hwio[2], hwio[0], hwio[1]}, values);
  }
}
