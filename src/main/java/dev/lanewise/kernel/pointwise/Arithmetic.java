package dev.lanewise.kernel.pointwise;

/** What {@link Elementwise#combine} computes from two elements. */
public enum Arithmetic {
  /** a − b. */
  SUBTRACT,
  /** a · b. */
  MULTIPLY,
  /** a / b. */
  DIVIDE,
  /** a &gt; 0 ? a : b · a, leaky ReLU with a slope for each element (PReLU). */
  PRELU
}
