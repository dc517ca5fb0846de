package dev.lanewise.optim;

import dev.lanewise.graph.Updater;
import dev.lanewise.graph.Variable;
import dev.lanewise.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * An optimizer's state for given variables: the number of updates done and the arrays it keeps for
 * each weight.
 *
 * <p>A training step calls {@link #beginStep} once, then the {@link #updater} of each variable for
 * all stretches of its weights, in any order and from any thread. Between steps the slots may be
 * read or replaced (a checkpoint).
 */
public abstract class OptimizerState {
  /** In the place of a state that an optimizer does without. */
  protected static final float[] NONE = {};

  private final SequencedMap<String, Tensor> slots = new LinkedHashMap<>();
  private long step;

  /** Makes the state at step 0. */
  protected OptimizerState() {}

  /** Begins the next update: computes, in double, the numbers that depend on its number. */
  public final void beginStep() {
    prepare(step);
    step++;
  }

  /**
   * Computes what depends on the update's number.
   *
   * @param step the update's number; the first is 0
   */
  protected abstract void prepare(long step);

  /**
   * Returns what updates one variable.
   *
   * @param variable the variable's place in the list that the state was made for
   * @return its updater
   */
  public abstract Updater updater(int variable);

  /**
   * Returns the number of updates begun so far.
   *
   * @return from 0
   */
  public final long step() {
    return step;
  }

  /**
   * Sets the number of updates done, when a checkpoint is restored.
   *
   * @param updates from 0
   */
  public final void setStep(long updates) {
    step = updates;
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
