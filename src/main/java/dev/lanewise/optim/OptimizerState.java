package dev.lanewise.optim;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Updater;
import dev.lanewise.graph.Variable;
import dev.lanewise.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * An optimizer's state for given variables: the number of steps done, the learning rate, and the
 * arrays it keeps for each weight.
 *
 * <p>A training step calls {@link #beginStep} once, then the {@link #updater} of each variable for
 * all stretches of its weights, in any order and from any thread. Between steps the slots may be
 * read or replaced (a checkpoint).
 */
public abstract class OptimizerState {
  /**
   * How the names of the slots end that hold a weight's moving average, which {@link #finish} puts
   * into the weight's place.
   */
  public static final String AVERAGE = "/average";

  /** In the place of a state that an optimizer does without. */
  protected static final float[] NONE = {};

  private final SequencedMap<String, Tensor> slots = new LinkedHashMap<>();
  private final LearningRate given;
  private LearningRate rate;
  private long step;

  /**
   * Makes the state at step 0.
   *
   * @param learningRate the optimizer's learning rate, until another is set
   */
  protected OptimizerState(LearningRate learningRate) {
    given = learningRate;
    rate = learningRate;
  }

  /** Begins the next step: computes, in double, the numbers that depend on its number. */
  public final void beginStep() {
    prepare(step, rate.at(step));
    step++;
  }

  /**
   * Computes what depends on the update's number and on the learning rate.
   *
   * @param step the update's number; the first is 0
   * @param learningRate the learning rate of this update
   */
  protected abstract void prepare(long step, double learningRate);

  /**
   * Returns the learning rate of the step that comes next.
   *
   * @return the constant, what was set in its place, or the schedule's value
   */
  public final double learningRate() {
    return rate.at(step);
  }

  /**
   * Sets the learning rate from the next step on, as a callback does (Keras's {@code
   * optimizer.learning_rate = …}). A checkpoint has to keep it.
   *
   * @param learningRate finite and at least 0
   * @throws IllegalArgumentException if it is not
   * @throws IllegalStateException if the optimizer's learning rate is a schedule
   */
  public final void setLearningRate(double learningRate) {
    if (!isLearningRateSettable()) {
      throw new IllegalStateException(
          "the learning rate follows "
              + given
              + " and cannot be set to "
              + learningRate
              + ": that takes an optimizer with a constant learning rate");
    }
    rate = LearningRate.constant(learningRate);
  }

  /**
   * Returns whether {@link #setLearningRate} may be called.
   *
   * @return whether the optimizer was given a constant learning rate, not a schedule
   */
  public final boolean isLearningRateSettable() {
    return given instanceof LearningRate.Constant;
  }

  /**
   * Appends what the optimizer does to whole gradients before it updates: clipping, accumulation.
   *
   * @param graph the graph to append to
   * @param gradients one gradient a variable, in the order of the list that the state was made for
   * @return what the updates take, in the same order: the gradients themselves unless an option
   *     asks for more
   */
  public List<Node> gradients(Graph graph, List<Node> gradients) {
    return gradients;
  }

  /**
   * Ends training: replaces the weights by their moving averages if the optimizer keeps them
   * (Keras's {@code finalize_variable_values}); {@code fit} calls it after its last epoch. Further
   * training goes on from there.
   */
  public void finish() {}

  /**
   * Returns what updates one variable.
   *
   * @param variable the variable's place in the list that the state was made for
   * @return its updater
   */
  public abstract Updater updater(int variable);

  /**
   * Returns the number of steps begun so far.
   *
   * @return from 0
   */
  public final long step() {
    return step;
  }

  /**
   * Sets the number of steps done, when a checkpoint is restored.
   *
   * @param steps from 0
   */
  public final void setStep(long steps) {
    step = steps;
  }

  /**
   * Returns the arrays that the optimizer keeps, by name: the variable's name, a slash, the slot's
   * name as Keras spells it.
   *
   * @return the tensors themselves, in creation order
   */
  public final SequencedMap<String, Tensor> slots() {
    return Collections.unmodifiableSequencedMap(slots);
  }

  /**
   * Keeps an array of zeros under a name.
   *
   * @param name the slot's full name
   * @param like gives the shape
   * @return the array
   */
  protected final float[] slot(String name, Tensor like) {
    Tensor slot = new Tensor(like.shape(), new float[like.data().length]);
    slots.put(name, slot);
    return slot.data();
  }

  /** Lists an array among this state's. */
  final void keep(String name, Tensor slot) {
    slots.put(name, slot);
  }

  /** Lists another state's arrays as this one's. */
  final void adopt(OptimizerState other) {
    slots.putAll(other.slots);
  }

  /**
   * Keeps an array of a variable's size, under the variable's name, a slash and the slot's name.
   *
   * @param variable whose state it is
   * @param name the slot's name, as Keras spells it
   * @param initial what all of its elements are at first
   * @return the array
   */
  protected final float[] slot(Variable variable, String name, float initial) {
    float[] values = slot(variable.name() + "/" + name, variable.tensor());
    Arrays.fill(values, initial);
    return values;
  }
}
