package dev.lanewise.kernel.loss;

/** The scalar twin: the definition of the losses beside softmax cross-entropy. Thread-safe. */
public final class ScalarLosses extends CheckedLosses {
  /** Builds the scalar twin. */
  public ScalarLosses() {
    super(ScalarLoops::of, null);
  }
}
