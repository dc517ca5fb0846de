package dev.lanewise.nn;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.kernel.math.CounterRandom;
import dev.lanewise.nn.Layer.Weight;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A chain of layers and their weights (Keras's Sequential).
 *
 * <p>Layers are named as Keras names them ("conv2d", "dense", "dense_1"), variables "dense/kernel"
 * and "dense/bias". The first weights depend on the seed alone: variable j of the model is drawn
 * from the stream 65536 + j, and layer i's dropout from stream i (the order of the images has
 * stream −1). Streams are part of the bit contract: change one and every seeded run changes.
 */
public final class Sequential {
  /** A layer in its place: its name, its shapes and its variables. */
  private record Placed(
      Layer layer, String name, Shape input, Shape output, List<Variable> variables) {}

  private static final int FIRST_INITIALIZER = 1 << 16;

  private final Shape inputShape;
  private final List<Placed> placed = new ArrayList<>();
  private final List<Variable> variables = new ArrayList<>();
  private final List<Variable> trainable = new ArrayList<>();
  private final List<Double> penalties = new ArrayList<>();
  private final Lock weightsLock = new ReentrantLock(true);
  private @Nullable String fault;

  /**
   * Builds a model and draws its weights.
   *
   * @param seed what the weights depend on
   * @param inputShape the shape of one image or row, without the batch
   * @param layers at least one layer
   * @throws IllegalArgumentException if a layer cannot take what the one before it gives: one
   *     sentence that names the layer
   */
  public Sequential(long seed, Shape inputShape, Layer... layers) {
    this(seed, inputShape, List.of(layers));
  }

  /**
   * Builds a model and draws its weights.
   *
   * @param seed what the weights depend on
   * @param inputShape the shape of one image or row, without the batch
   * @param layers at least one layer
   * @throws IllegalArgumentException if a layer cannot take what the one before it gives: one
   *     sentence that names the layer
   */
  public Sequential(long seed, Shape inputShape, List<Layer> layers) {
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("a model needs at least one layer, but was given none");
    }
    if (inputShape.hasBatch()) {
      throw new IllegalArgumentException(
          "the input shape is %s, but must be that of one image, without the batch: %s"
              .formatted(inputShape, inputShape.sample()));
    }
    this.inputShape = inputShape;
    Map<String, Integer> count = new HashMap<>();
    Shape shape = inputShape;
    for (Layer layer : layers) {
      int number = count.merge(layer.stem(), 1, Integer::sum) - 1;
      String name = number == 0 ? layer.stem() : layer.stem() + "_" + number;
      Placed next = place(layer, name, shape, seed);
      placed.add(next);
      shape = next.output();
    }
  }

  private Placed place(Layer layer, String name, Shape input, long seed) {
    try {
      Shape output = layer.outputShape(input);
      List<Variable> own = new ArrayList<>();
      for (Weight weight : layer.weights(input)) {
        Variable variable = Variable.zeros(name + "/" + weight.name(), weight.shape());
        long key = CounterRandom.key(seed, FIRST_INITIALIZER + variables.size(), 0);
        weight.initializer().fill(variable.values(), weight.shape(), key);
        own.add(variable);
        variables.add(variable);
        if (weight.trainable()) {
          trainable.add(variable);
          penalties.add(weight.l2());
        }
      }
      return new Placed(layer, name, input, output, List.copyOf(own));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "layer " + placed.size() + " (" + name + "): " + e.getMessage(), e);
    }
  }

  /**
   * Returns the shape of one image.
   *
   * @return without the batch
   */
  public Shape inputShape() {
    return inputShape;
  }

  /**
   * Returns the shape of one image's prediction.
   *
   * @return without the batch
   */
  public Shape outputShape() {
    return placed.getLast().output();
  }

  /**
   * Returns all weights.
   *
   * @return the variables in creation order
   */
  public List<Variable> variables() {
    return List.copyOf(variables);
  }

  /**
   * Returns the weights that an optimizer updates (Keras's trainable_variables): all but those that
   * layers update by themselves, a batch normalization's moving averages.
   *
   * @return the variables in creation order
   */
  public List<Variable> trainableVariables() {
    return List.copyOf(trainable);
  }

  /**
   * Returns the layers.
   *
   * @return in their order
   */
  public List<Layer> layers() {
    return placed.stream().map(Placed::layer).toList();
  }

  /**
   * Returns the names of the layers, as Keras gives them: "conv2d", "dense", "dense_1".
   *
   * @return one for each of {@link #layers}
   */
  public List<String> layerNames() {
    return placed.stream().map(Placed::name).toList();
  }

  /**
   * Returns the lock of the weights: held while a step updates them, and while they are loaded or
   * saved, so that each file has the weights of one step though another thread trains. It is fair:
   * who waits for it gets it after the step under way.
   *
   * @return the lock; whoever changes weights by other means holds it meanwhile
   */
  public Lock weightsLock() {
    return weightsLock;
  }

  /**
   * Notes that a training step failed midway: some weights may be updated and others not.
   *
   * @param reason why, in words
   */
  public void stepFailed(String reason) {
    fault = reason;
  }

  /** Notes that all weights have been replaced, so that no failed step matters any more. */
  public void weightsReplaced() {
    fault = null;
  }

  /**
   * Refuses a model that a failed step has left with weights of two steps.
   *
   * @throws IllegalStateException if {@link #stepFailed} was called and {@link #weightsReplaced}
   *     not after it
   */
  public void checkWhole() {
    if (fault != null) {
      throw new IllegalStateException(
          "the model cannot be used, since a training "
              + fault
              + "; its weights may be updated in part, and have to be loaded anew");
    }
  }

  /**
   * Returns the factors of the variables' L2 penalties.
   *
   * @return one for each of {@link #trainableVariables}, 0 where there is no penalty
   */
  public List<Double> penalties() {
    return List.copyOf(penalties);
  }

  /**
   * Returns the number of weights.
   *
   * @return the sum over the variables
   */
  public long parameters() {
    return count(variables);
  }

  /**
   * Returns the number of weights that an optimizer updates.
   *
   * @return the sum over the trainable variables
   */
  public long trainableParameters() {
    return count(trainable);
  }

  private static long count(List<Variable> variables) {
    return variables.stream().mapToLong(v -> v.values().length).sum();
  }

  /**
   * Appends the model's operations to a graph.
   *
   * @param ops appends to the graph
   * @param x the input, with the batch as its first dimension
   * @param training whether the graph is for training (dropout is then active)
   * @return the prediction
   */
  public Node apply(Ops ops, Node x, boolean training) {
    Node y = x;
    for (int i = 0; i < placed.size(); i++) {
      Placed next = placed.get(i);
      ops.graph().scope(next.name());
      y = next.layer().apply(ops, y, next.variables(), training, i);
    }
    ops.graph().scope("");
    return y;
  }

  /**
   * Returns a table of the layers, their output shapes and numbers of weights, like Keras's.
   *
   * @return lines separated by newlines
   */
  public String summary() {
    StringBuilder text = new StringBuilder("Model: \"sequential\"\n");
    rule(text, "┏", "━", "┳", "┓");
    row(text, "┃", "Layer (type)", "Output Shape", "Param #");
    rule(text, "┡", "━", "╇", "┩");
    for (int i = 0; i < placed.size(); i++) {
      Placed layer = placed.get(i);
      if (i > 0) {
        rule(text, "├", "─", "┼", "┤");
      }
      row(
          text,
          "│",
          layer.name() + " (" + layer.layer().kind() + ")",
          layer.output().batched().toString(),
          String.format(Locale.ROOT, "%,d", count(layer.variables())));
    }
    rule(text, "└", "─", "┴", "┘");
    total(text, "Total", parameters());
    total(text, "Trainable", trainableParameters());
    total(text, "Non-trainable", parameters() - trainableParameters());
    return text.toString();
  }

  private static void total(StringBuilder text, String what, long count) {
    text.append(String.format(Locale.ROOT, " %s params: %,d (%s)\n", what, count, bytes(count)));
  }

  /** The memory that floats take, as Keras rounds it. */
  private static String bytes(long count) {
    double size = count * (double) Float.BYTES;
    String[] units = {"B", "KB", "MB", "GB"};
    int unit = 0;
    while (size >= 1024 && unit < units.length - 1) {
      size /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.2f %s", size, units[unit]);
  }

  /** A line of the table: its left end, what it is drawn with, a crossing and its right end. */
  private static void rule(StringBuilder text, String left, String line, String cross, String end) {
    String drawn = left + line.repeat(33) + cross + line.repeat(24) + cross + line.repeat(15) + end;
    text.append(drawn).append('\n');
  }

  private static void row(StringBuilder text, Object... cells) {
    text.append(String.format(Locale.ROOT, "%1$s %2$-31s %1$s %3$-22s %1$s %4$13s %1$s\n", cells));
  }
}
