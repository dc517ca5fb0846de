package dev.lanewise.kernel.loss;

/** The scalar twin: the definition of softmax and cross-entropy. Thread-safe. */
public final class ScalarSoftmax extends CheckedSoftmax {
  /** Builds the scalar twin. */
  public ScalarSoftmax() {
    super(ScalarLoops::of, null);
  }
}
