package dev.lanewise.testing;

/** The reductions of docs/arithmetic.md, written once more and word for word. */
public final class ReductionRule {
  private ReductionRule() {}

  /** The sum: 32 lanes in each block of 4096, folded; the blocks' sums are summed alike. */
  public static float sum(float[] values) {
    float[] blocks = new float[(values.length + 4095) / 4096];
    for (int b = 0; b < blocks.length; b++) {
      float[] lanes = new float[32];
      for (int i = b * 4096; i < Math.min(values.length, (b + 1) * 4096); i++) {
        lanes[i % 32] += values[i];
      }
      for (int half : new int[] {16, 8, 4, 2, 1}) {
        for (int l = 0; l < half; l++) {
          lanes[l] += lanes[l + half];
        }
      }
      blocks[b] = lanes[0];
    }
    return blocks.length == 0 ? 0f : blocks.length == 1 ? blocks[0] : sum(blocks);
  }
}
