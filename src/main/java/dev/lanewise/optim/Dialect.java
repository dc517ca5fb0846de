package dev.lanewise.optim;

/**
 * Whose form of a rule is used. The two libraries agree on what an optimizer is, but not on where
 * its learning rate and its epsilon stand; each optimizer's page says what that changes.
 */
public enum Dialect {
  /** As Keras 3 computes it. */
  KERAS,
  /** As PyTorch computes it. */
  PYTORCH
}
