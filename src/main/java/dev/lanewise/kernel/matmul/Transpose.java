package dev.lanewise.kernel.matmul;

/** Whether a matrix product reads an operand as stored or transposed (BLAS's TRANSA, TRANSB). */
public enum Transpose {
  /** The operand as stored. */
  NO,
  /** The operand's transpose. */
  YES
}
