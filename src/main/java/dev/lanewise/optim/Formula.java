package dev.lanewise.optim;

import dev.lanewise.kernel.update.Update;
import java.util.List;

/**
 * What sets an {@link Optimizer} apart from others: the arrays that it keeps for each weight, the
 * numbers that are computed once a step, and the kernel that updates a stretch of weights.
 *
 * <p>A formula belongs to one {@link OptimizerState}, which prepares it before each update and then
 * applies it to all stretches of all variables, in any order and from any thread.
 */
public abstract class Formula {
  /** The learning rate of this update. */
  protected float rate;

  private final List<Slot> slots;

  /**
   * Makes a formula with its slots.
   *
   * @param slots in the order in which {@link #apply} gets their arrays
   */
  protected Formula(Slot... slots) {
    this.slots = List.of(slots);
  }

  /**
   * An array that is kept for each variable.
   *
   * @param name as Keras spells it
   * @param initial what all of its elements are at first
   * @param kept whether these hyper-parameters need it; if not, the array is empty
   */
  public record Slot(String name, float initial, boolean kept) {
    /**
     * Returns a slot that starts from zeros.
     *
     * @param name as Keras spells it
     * @return the slot
     */
    public static Slot slot(String name) {
      return new Slot(name, 0, true);
    }

    /**
     * Returns a slot that starts from another number.
     *
     * @param name as Keras spells it
     * @param initial what all of its elements are at first
     * @return the slot
     */
    public static Slot slot(String name, double initial) {
      return new Slot(name, (float) initial, true);
    }

    /**
     * Returns a slot that starts from zeros, if there is any need for it.
     *
     * @param name as Keras spells it
     * @param kept whether it is needed
     * @return the slot
     */
    public static Slot slot(String name, boolean kept) {
      return new Slot(name, 0, kept);
    }
  }

  /**
   * Computes, in double, what depends on the update's number and on the learning rate.
   *
   * @param step the update's number; the first is 0
   * @param learningRate the learning rate of this update, which {@link #rate} holds as a float
   */
  protected void prepare(long step, double learningRate) {}

  /**
   * Updates a stretch of one variable's weights and slots.
   *
   * @param kernels the update kernels to use
   * @param n how many weights
   * @param w the variable's weights
   * @param at the stretch's first weight; its slots' elements have the same places
   * @param g holds the stretch's gradient
   * @param gAt where the gradient of the first weight lies
   * @param s the variable's slots
   */
  protected abstract void apply(
      Update kernels, int n, float[] w, int at, float[] g, int gAt, float[][] s);

  final List<Slot> slots() {
    return slots;
  }

  final void begin(long step, double learningRate) {
    rate = (float) learningRate;
    prepare(step, learningRate);
  }
}
