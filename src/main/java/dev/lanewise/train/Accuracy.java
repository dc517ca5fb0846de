package dev.lanewise.train;

/** Decides when a prediction counts as right. */
enum Accuracy {
  /** The largest score stands at the class, or where the largest target does. */
  LARGEST,
  /** Every output lies on the same side of ½ as its target. */
  SIDES,
  /** Likewise, the outputs being logits of a sigmoid: their sides are those of 0. */
  LOGITS
}
