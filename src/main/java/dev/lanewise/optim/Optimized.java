package dev.lanewise.optim;

import dev.lanewise.graph.Variable;
import java.util.List;

/**
 * An optimizer with options, from {@link Optimizer#with}.
 *
 * @param rule the optimizer without them
 * @param options what is done beside it
 */
public record Optimized(Optimizer rule, OptimizerOptions options) implements Optimizer {
  @Override
  public String name() {
    return rule.name();
  }

  @Override
  public LearningRate learningRate() {
    return rule.learningRate();
  }

  @Override
  public OptimizerState start(List<Variable> variables) {
    return new OptionsState(rule, options, variables);
  }

  /** The same rule with other options in the place of these. */
  @Override
  public Optimizer with(OptimizerOptions others) {
    return rule.with(others);
  }
}
