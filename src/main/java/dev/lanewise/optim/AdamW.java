package dev.lanewise.optim;

/**
 * AdamW (I. Loshchilov and F. Hutter, 2019): Adam with decoupled weight decay, w ← w −
 * w·weightDecay·lr before each of {@link Adam}'s updates.
 *
 * @param rule Adam
 * @param options with weight decay, 0.004 by default (PyTorch: 0.01)
 */
public record AdamW(Adam rule, OptimizerOptions options) implements Optimizer {
  /** Keras's weight decay. */
  static final double WEIGHT_DECAY = 0.004;

  /** Adds the default weight decay to options without. */
  public AdamW {
    if (options.weightDecay() == null) {
      options = options.weightDecay(WEIGHT_DECAY);
    }
  }

  /** AdamW with Keras's defaults. */
  public AdamW() {
    this(new Adam(), OptimizerOptions.NONE);
  }

  /**
   * AdamW with Keras's defaults but for two numbers.
   *
   * @param learningRate the step size
   * @param weightDecay the factor of the decay
   */
  public AdamW(double learningRate, double weightDecay) {
    this(new Adam(learningRate), OptimizerOptions.NONE.weightDecay(weightDecay));
  }

  @Override
  public LearningRate learningRate() {
    return rule.learningRate();
  }

  @Override
  public Formula formula() {
    return rule.formula();
  }

  /** AdamW with other options; without a weight decay among them, that of this one stays. */
  @Override
  public Optimizer with(OptimizerOptions others) {
    Double decay = options.weightDecay();
    return new AdamW(
        rule, others.weightDecay() == null && decay != null ? others.weightDecay(decay) : others);
  }
}
