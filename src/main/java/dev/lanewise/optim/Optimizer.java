package dev.lanewise.optim;

import dev.lanewise.graph.Variable;
import java.util.List;

/** A rule of gradient descent: hyper-parameters only; its state is made for given variables. */
public interface Optimizer {
  /**
   * Whose form of a rule is used. The two libraries agree on what an optimizer is, but not on where
   * its learning rate and its epsilon stand; each optimizer's page says what that changes.
   */
  enum Dialect {
    /** As Keras 3 computes it. */
    KERAS,
    /** As PyTorch computes it. */
    PYTORCH
  }

  /**
   * Returns the optimizer's name, as Keras spells it.
   *
   * @return the class's name unless overridden, "Adam" for instance
   */
  default String name() {
    return getClass().getSimpleName();
  }

  /**
   * Returns the learning rate.
   *
   * @return a constant or a schedule
   */
  LearningRate learningRate();

  /**
   * Returns how these hyper-parameters update weights.
   *
   * @return a new formula, for one state
   */
  Formula formula();

  /**
   * Returns what is done beside the formula.
   *
   * @return {@link OptimizerOptions#NONE} unless {@link #with} gave others
   */
  default OptimizerOptions options() {
    return OptimizerOptions.NONE;
  }

  /**
   * Returns this optimizer with options in the place of those it has.
   *
   * @param options weight decay, clipping, averages, accumulation
   * @return an optimizer of the same name
   */
  default Optimizer with(OptimizerOptions options) {
    return new Optimized(this, options);
  }

  /**
   * Makes the state that training some variables needs.
   *
   * @param variables what will be updated, in creation order
   * @return fresh state, at step 0
   */
  default OptimizerState start(List<Variable> variables) {
    return new OptimizerState(this, variables);
  }

  /**
   * An optimizer with options, from {@link Optimizer#with}.
   *
   * @param rule the optimizer without them
   * @param options what is done beside it
   */
  record Optimized(Optimizer rule, OptimizerOptions options) implements Optimizer {
    @Override
    public String name() {
      return rule.name();
    }

    @Override
    public LearningRate learningRate() {
      return rule.learningRate();
    }

    @Override
    public Formula formula() {
      return rule.formula();
    }

    /** The same rule with other options in the place of these. */
    @Override
    public Optimizer with(OptimizerOptions others) {
      return rule.with(others);
    }
  }
}
