package dev.lanewise.optim;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Updater;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.GradientOps;
import dev.lanewise.kernel.update.Update;
import dev.lanewise.tensor.Tensor;
import java.util.ArrayList;
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
 * read or overwritten (a checkpoint).
 *
 * <p>Options that need a gradient as a whole (accumulation, clipping) are nodes between gradient
 * and update, see {@link #gradients}. Options that go element by element (decay, average) are part
 * of the updater, so that an update of stretches stays one.
 */
public final class OptimizerState {
  /**
   * How the names of the slots end that hold a weight's moving average, which {@link #finish} puts
   * into the weight's place.
   */
  public static final String AVERAGE = "/average";

  private final Formula formula;
  private final OptimizerOptions options;
  private final List<Variable> variables;
  private final SequencedMap<String, Tensor> slots = new LinkedHashMap<>();
  private final List<Updater> updaters = new ArrayList<>();
  private final List<float[]> averages = new ArrayList<>();
  private final List<Tensor> sums = new ArrayList<>();
  private final LearningRate given;
  private final int stepsAnUpdate;
  private LearningRate rate;
  private long step;

  // What the step in hand does.
  private boolean updates;
  private float decay;
  private float share;
  private float rest;
  private boolean overwrites;

  /** Makes the state at step 0. */
  OptimizerState(Optimizer optimizer, List<Variable> variables) {
    formula = optimizer.formula();
    options = optimizer.options();
    given = optimizer.learningRate();
    rate = given;
    this.variables = List.copyOf(variables);
    Integer steps = options.gradientAccumulationSteps();
    stepsAnUpdate = steps == null ? 1 : steps;
    for (Variable variable : variables) {
      updaters.add(formulaOf(variable));
    }
    for (int i = 0; i < variables.size(); i++) {
      Variable variable = variables.get(i);
      if (options.useEma()) {
        averages.add(slot(variable, AVERAGE, 0).data());
      }
      if (stepsAnUpdate > 1) {
        sums.add(slot(variable, "/gradient_accumulator", 0));
      }
      updaters.set(i, withOptions(i, updaters.get(i)));
    }
  }

  private Tensor slot(Variable variable, String name, float initial) {
    Tensor slot = new Tensor(variable.shape(), new float[variable.values().length]);
    Arrays.fill(slot.data(), initial);
    slots.put(variable.name() + name, slot);
    return slot;
  }

  private Updater formulaOf(Variable variable) {
    float[] w = variable.values();
    List<Formula.Slot> kept = formula.slots();
    float[][] arrays = new float[kept.size()][0];
    for (int i = 0; i < arrays.length; i++) {
      Formula.Slot slot = kept.get(i);
      if (slot.kept()) {
        arrays[i] = slot(variable, "/" + slot.name(), slot.initial()).data();
      }
    }
    return (kernels, g, gOffset, from, count) ->
        formula.apply(kernels, count, w, from, g, gOffset, arrays);
  }

  private Updater withOptions(int variable, Updater updater) {
    float[] w = variables.get(variable).values();
    Updater decayed =
        !options.decays(variables.get(variable).name())
            ? updater
            : (kernels, g, gOffset, from, count) -> {
              kernels.decay(count, w, from, decay);
              updater.update(kernels, g, gOffset, from, count);
            };
    Updater due =
        stepsAnUpdate == 1
            ? decayed
            : (kernels, g, gOffset, from, count) -> {
              if (updates) {
                decayed.update(kernels, g, gOffset, from, count);
              }
            };
    if (!options.useEma()) {
      return due;
    }
    float[] average = averages.get(variable);
    return (kernels, g, gOffset, from, count) -> {
      due.update(kernels, g, gOffset, from, count);
      kernels.average(count, average, from, w, from, share, rest, Update.FLUSH_MEAN);
      if (overwrites) {
        System.arraycopy(average, from, w, from, count);
      }
    };
  }

  /** Begins the next step: computes, in double, the numbers that depend on its number. */
  public void beginStep() {
    double learningRate = rate.at(step);
    long update = step / stepsAnUpdate;
    updates = (step + 1) % stepsAnUpdate == 0;
    if (updates) {
      formula.begin(update, learningRate);
    }
    Double weightDecay = options.weightDecay();
    decay = weightDecay == null ? 0 : (float) (weightDecay * learningRate);
    double momentum = update == 0 ? 0 : options.emaMomentum();
    share = (float) momentum;
    rest = (float) (1 - momentum);
    Integer frequency = options.emaOverwriteFrequency();
    overwrites = frequency != null && (update + 1) % frequency == 0;
    step++;
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
    GradientOps ops = new GradientOps(graph, () -> updates);
    List<Node> result = new ArrayList<>(gradients);
    for (int i = 0; i < sums.size(); i++) {
      result.set(i, ops.accumulated(result.get(i), stepsAnUpdate, sums.get(i)));
    }
    Double norm = options.clipnorm();
    Double value = options.clipvalue();
    Double globalNorm = options.globalClipnorm();
    if (norm != null) {
      result.replaceAll(g -> ops.clippedByNorm(List.of(g), norm, false).getFirst());
    } else if (value != null) {
      result.replaceAll(g -> ops.clippedByValue(g, value.floatValue()));
    } else if (globalNorm != null) {
      return ops.clippedByNorm(result, globalNorm, true);
    }
    return Collections.unmodifiableList(result);
  }

  /**
   * Returns what updates one variable.
   *
   * @param variable the variable's place in the list that the state was made for
   * @return its updater
   */
  public Updater updater(int variable) {
    return updaters.get(variable);
  }

  /**
   * Ends training: replaces the weights by their moving averages if the optimizer keeps them
   * (Keras's {@code finalize_variable_values}); {@code fit} calls it after its last epoch. Further
   * training goes on from there.
   */
  public void finish() {
    for (int i = 0; i < averages.size() && step > 0; i++) {
      float[] w = variables.get(i).values();
      System.arraycopy(averages.get(i), 0, w, 0, w.length);
    }
  }

  /**
   * Returns the learning rate of the step that comes next.
   *
   * @return the constant, what was set in its place, or the schedule's value
   */
  public double learningRate() {
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
  public void setLearningRate(double learningRate) {
    if (!isLearningRateSettable()) {
      throw new IllegalStateException(
          ("the learning rate follows %s and cannot be set to %s: that takes an "
                  + "optimizer with a constant learning rate")
              .formatted(given, learningRate));
    }
    rate = LearningRate.constant(learningRate);
  }

  /**
   * Returns whether {@link #setLearningRate} may be called.
   *
   * @return whether the optimizer was given a constant learning rate, not a schedule
   */
  public boolean isLearningRateSettable() {
    return given instanceof LearningRate.Constant;
  }

  /**
   * Returns the number of steps begun so far.
   *
   * @return from 0
   */
  public long step() {
    return step;
  }

  /**
   * Sets the number of steps done, when a checkpoint is restored.
   *
   * @param steps from 0
   */
  public void setStep(long steps) {
    step = steps;
  }

  /**
   * Returns the arrays that the optimizer keeps, by name: the variable's name, a slash, the slot's
   * name as Keras spells it.
   *
   * @return the tensors themselves, in creation order
   */
  public SequencedMap<String, Tensor> slots() {
    return Collections.unmodifiableSequencedMap(slots);
  }
}
