package dev.lanewise.optim;

import dev.lanewise.graph.Variable;
import java.util.List;

/** A rule of gradient descent: hyper-parameters only; its state is made for given variables. */
public interface Optimizer {
  /**
   * Returns the optimizer's name, as Keras spells it.
   *
   * @return "SGD" or "Adam" for instance
   */
  String name();

  /**
   * Returns the learning rate.
   *
   * @return a constant or a schedule
   */
  LearningRate learningRate();

  /**
   * Makes the state that training some variables needs.
   *
   * @param variables what will be updated, in creation order
   * @return fresh state, at step 0
   */
  OptimizerState start(List<Variable> variables);

  /**
   * Returns this optimizer with options in the place of those it has.
   *
   * @param options weight decay, clipping, averages, accumulation
   * @return an optimizer of the same name
   */
  default Optimizer with(OptimizerOptions options) {
    return new Optimized(this, options);
  }
}
