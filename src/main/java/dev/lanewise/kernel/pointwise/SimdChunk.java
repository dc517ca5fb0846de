package dev.lanewise.kernel.pointwise;

/** A stretch that passes run over: where it lies, and two scratch arrays. */
final class SimdChunk {
  /** Elements of a chunk: its arrays stay in the first-level cache. */
  static final int SIZE = 1024;

  private static final float[] NONE = {};

  /** What exp is taken of, then exp itself. */
  final float[] t = new float[SIZE];

  /** What log is taken of, then log itself. */
  final float[] u = new float[SIZE];

  int n;
  float parameter;
  float[] x = NONE;
  int xOffset;
  float[] dy = NONE;
  int dyOffset;
  float[] out = NONE;
  int outOffset;

  void clear() {
    x = NONE;
    dy = NONE;
    out = NONE;
  }
}
