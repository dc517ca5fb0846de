package dev.lanewise.graph;

import dev.lanewise.graph.op.Conv2dOp;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.pointwise.Nonlinearity;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Fill;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/**
 * A graph drawn from a seed: images and rows through random layers to one loss, and the gradients
 * of all variables that the loss depends on.
 *
 * <p>Most layers go on from the value before, the others from any earlier one, so that values are
 * read never, once or often. Of two graphs with one seed the one with fewer layers begins the same.
 */
final class RandomGraph {
  private static final List<Nonlinearity> FUNCTIONS =
      List.of(
          Nonlinearity.SIGMOID,
          Nonlinearity.TANH,
          Nonlinearity.SOFTPLUS,
          Nonlinearity.GELU,
          Nonlinearity.elu(0.5f),
          Nonlinearity.leakyRelu(0.25f));

  private final Random random;
  private final int widest;
  private final Graph graph = new Graph();
  private final Ops ops = new Ops(graph);
  private final List<Node> inputs = new ArrayList<>();
  private final List<Node> values = new ArrayList<>();
  private final List<Node> variables = new ArrayList<>();
  private final Node targets;
  private final Node loss;
  private final List<Node> gradients = new ArrayList<>();
  private int streams;

  /**
   * Draws a graph.
   *
   * @param seed what everything is drawn from
   * @param layers how many layers lie between inputs and loss
   * @param height rows of an input image
   * @param width columns of an input image
   * @param widest the largest number of channels or columns that a layer draws
   */
  RandomGraph(long seed, int layers, int height, int width, int widest) {
    random = new Random(seed);
    this.widest = widest;
    values.add(input("rows", Shape.of(Shape.BATCH, some())));
    values.add(input("images", Shape.of(Shape.BATCH, height, width, 1 + random.nextInt(3))));
    for (int i = 0; i < layers; i++) {
      values.add(layer(pick()));
    }
    int classes = 1 + some();
    Node logits = product(rows(values.getLast()), classes);
    if (random.nextBoolean()) {
      logits = ops.sum(logits, product(rows(pick()), classes));
    }
    targets = random.nextBoolean() ? ops.labels("labels") : input("targets", logits.shape());
    loss = loss(logits);
    List<Variable> reached = reached();
    gradients.addAll(graph.gradients(loss, reached));
    if (random.nextInt(4) == 0) { // A second backward pass beside the first.
      gradients.addAll(graph.gradients(loss, List.of(any(reached))));
    }
  }

  /** Of rows, where targets are dense; else of classes. */
  private Node loss(Node logits) {
    return switch (random.nextInt(targets.ints() ? 2 : 4)) {
      case 0 -> ops.crossEntropy(ops.softmax(logits), targets);
      case 1 -> ops.crossEntropyFromLogits(logits, targets);
      case 2 -> ops.meanSquaredError(logits, targets);
      default -> ops.binaryCrossEntropyFromLogits(logits, targets);
    };
  }

  Graph graph() {
    return graph;
  }

  /** All nodes that have a float value. */
  List<Node> all() {
    return graph.nodes().stream().filter(node -> !node.ints()).toList();
  }

  /** The inputs that hold floats: rows, images, and the targets if they are dense. */
  List<Node> inputs() {
    return inputs;
  }

  /** Int labels, or an input. */
  Node targets() {
    return targets;
  }

  /** The number of classes that the loss tells apart. */
  int classes() {
    return loss.input(0).shape().dim(1);
  }

  /** The gradients of the loss. */
  List<Node> gradients() {
    return gradients;
  }

  /** What a training asks for: the loss and all gradients. */
  List<Node> training() {
    List<Node> asked = new ArrayList<>(gradients);
    asked.addFirst(loss);
    return List.copyOf(new LinkedHashSet<>(asked));
  }

  /** Each node with a probability of one in {@code rarity}, at least one, in any order. */
  List<Node> subset(int rarity) {
    List<Node> asked = new ArrayList<>(all());
    Node kept = any(asked);
    asked.removeIf(node -> node != kept && random.nextInt(rarity) != 0);
    Collections.shuffle(asked, random);
    return asked;
  }

  /** The nodes that some nodes depend on, themselves included. */
  Set<Node> ancestors(Collection<Node> nodes) {
    Set<Node> found = new HashSet<>(nodes);
    for (Node node : graph.nodes().reversed()) {
      if (found.contains(node)) {
        found.addAll(node.inputs());
      }
    }
    return found;
  }

  private Node layer(Node x) {
    boolean images = x.shape().rank() == 4;
    return switch (random.nextInt(14)) {
      case 0 -> ops.relu(x);
      case 1 -> dropout(x);
      case 2 -> bias(x);
      case 3 -> sum(x);
      case 4 -> ops.softmax(x);
      case 5 -> images && random.nextBoolean() ? rows(x) : images(x);
      case 6 -> images ? convolution(x) : product(x, some());
      case 7 -> images ? pooling(x) : attention(x);
      case 8 -> normalization(x);
      case 9 -> ops.nonlinearity(x, any(FUNCTIONS));
      case 10 -> images ? averagePooling(x) : ops.relu(x);
      default -> block(x);
    };
  }

  /** A convolution or product with some of the followers that networks put behind it. */
  private Node block(Node x) {
    boolean images = x.shape().rank() == 4;
    Node y = images ? convolution(x) : product(x, some());
    y = random.nextInt(4) == 0 ? y : bias(y);
    y = random.nextInt(4) == 0 ? y : ops.relu(y);
    y = images && random.nextBoolean() ? pooling(y) : y;
    return random.nextBoolean() ? dropout(y) : y;
  }

  /** One dropout in four takes a stream that another may have. */
  private Node dropout(Node x) {
    double rate = any(List.of(0.0, 0.3, 0.3, 1.0));
    return ops.dropout(x, rate, random.nextInt(4) == 0 ? 0 : streams++);
  }

  private Node bias(Node x) {
    return ops.addBias(x, weights(1, x.shape().dim(-1)));
  }

  /** The sum of a value and another of its shape, which may be itself. */
  private Node sum(Node x) {
    Node other = like(x);
    return random.nextBoolean() ? ops.sum(x, other) : ops.sum(other, x);
  }

  private Node product(Node x, int columns) {
    int inner = x.shape().dim(1);
    return random.nextBoolean()
        ? ops.matmul(x, weights(inner, inner, columns))
        : ops.matmul(Transpose.NO, Transpose.YES, x, weights(inner, columns, inner));
  }

  /** X · softmax(Xᵀ · Y): a product whose factors are all computed. */
  private Node attention(Node x) {
    if (x.shape().dim(1) > 24) {
      return ops.softmax(x);
    }
    Node scores = ops.matmul(Transpose.YES, Transpose.NO, x, like(x));
    return ops.matmul(x, ops.softmax(scores));
  }

  private Node convolution(Node x) {
    int h = x.shape().dim(1);
    int w = x.shape().dim(2);
    int c = x.shape().dim(3);
    int filters = some();
    Conv2dShape sizes;
    if (random.nextBoolean()) {
      sizes = Conv2dShape.valid(1, h, w, c, filters, window(h), window(w));
    } else {
      int groups = c % 2 == 0 && filters % 2 == 0 ? 1 + random.nextInt(2) : 1;
      sizes =
          Conv2dShape.same(
              1, h, w, c, filters, small(), small(), small(), small(), small(), small(), groups);
    }
    int[] hwio = Conv2dOp.weights(sizes).dims();
    return ops.conv2d(x, weights(hwio[0] * hwio[1] * hwio[2], hwio), sizes);
  }

  /** Windows that meet, overlap or leave gaps, inside the image or padded. */
  private Node pooling(Node x) {
    int h = x.shape().dim(1);
    int w = x.shape().dim(2);
    int c = x.shape().dim(3);
    int window = window(Math.min(h, w));
    return ops.maxPool2d(
        x,
        switch (random.nextInt(4)) {
          case 0 -> Pool2dShape.same(1, h, w, c, small(), small(), small(), small());
          case 1 -> Pool2dShape.valid(1, h, w, c, window, small());
          default -> Pool2dShape.valid(1, h, w, c, window, window);
        });
  }

  /** As pooling is, with averages. */
  private Node averagePooling(Node x) {
    int h = x.shape().dim(1);
    int w = x.shape().dim(2);
    int c = x.shape().dim(3);
    return ops.averagePool2d(x, Pool2dShape.same(1, h, w, c, small(), small(), small(), small()));
  }

  /** Of each row over the last dimension, or of each channel over the rest: one gives beta. */
  private Node normalization(Node x) {
    int n = x.shape().dim(-1);
    return random.nextBoolean()
        ? ops.layerNormalization(x, weights(1, n), weights(1, n), 0.1f)
        : ops.batchNormalization(x, weights(1, n), weights(1, n), 0.1f);
  }

  /** The value as rows: images are flattened. */
  private Node rows(Node x) {
    return x.shape().rank() == 2
        ? x
        : ops.reshape(x, Shape.of(Shape.BATCH, x.shape().withBatch(1).elements()));
  }

  /** The value as images: rows become images of one row, images are laid on their side. */
  private Node images(Node x) {
    int[] dims = x.shape().dims();
    return ops.reshape(
        x,
        dims.length == 2
            ? Shape.of(Shape.BATCH, 1, 1, dims[1])
            : Shape.of(Shape.BATCH, dims[2], dims[1], dims[3]));
  }

  private Node input(String name, Shape shape) {
    Node node = ops.input(name, shape);
    inputs.add(node);
    return node;
  }

  /** A new variable, or one of the same shape that is read elsewhere too. */
  private Node weights(int fanIn, int... dims) {
    Shape shape = Shape.of(dims);
    List<Node> shared = variables.stream().filter(node -> node.shape().equals(shape)).toList();
    if (!shared.isEmpty() && random.nextInt(3) == 0) {
      Node node = any(shared);
      return random.nextBoolean() ? node : ops.variable(variable(node));
    }
    float[] start = Fill.gaussian(random.nextLong(), shape.elements());
    for (int i = 0; i < start.length; i++) {
      start[i] /= (float) Math.sqrt(fanIn); // Lest the loss saturate and gradients vanish.
    }
    Variable variable = new Variable("v" + variables.size(), new Tensor(shape, start));
    variables.add(ops.variable(variable));
    return variables.getLast();
  }

  private List<Variable> reached() {
    return ancestors(List.of(loss.input(0))).stream()
        .map(node -> node.op().variable())
        .filter(Objects::nonNull)
        .distinct()
        .sorted(Comparator.comparing(Variable::name))
        .toList();
  }

  private static Variable variable(Node node) {
    return Objects.requireNonNull(node.variable());
  }

  private Node pick() {
    return random.nextInt(3) == 0 ? any(values) : values.getLast();
  }

  private Node like(Node x) {
    return any(values.stream().filter(node -> node.shape().equals(x.shape())).toList());
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private int some() {
    return 1 + random.nextInt(widest);
  }

  private int small() {
    return 1 + random.nextInt(3);
  }

  private int window(int size) {
    return 1 + random.nextInt(Math.min(3, size));
  }
}
