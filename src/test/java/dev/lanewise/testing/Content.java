package dev.lanewise.testing;

/** What an input of a case holds. */
public enum Content {
  GAUSSIAN,
  /** Whole numbers, of which many are equal, −0 among them. */
  TIES,
  /** Gaussian values, a fifth of them special ones. */
  SPECIALS,
  /** Gaussian values, one of fifty a special one: for results of many elements. */
  FEW_SPECIALS,
  /** All exponents. */
  WIDE,
  /** So small that products underflow: a lane of a dot product can be −0. */
  TINY,
  /** One sign and tiny: all lanes of a dot product are −0, also those that a rest leaves out. */
  UNDERFLOW,
  /** Two thirds of them −0. */
  NEGATIVE_ZEROS,
  /** From −1 to 1, the same on every machine: for hashes. */
  FIXED,
  /** The same, with every seventh a special one. */
  ROUGH;

  /** What tests draw from. */
  public static Content[] drawn() {
    return new Content[] {GAUSSIAN, TIES, SPECIALS, FEW_SPECIALS, WIDE};
  }

  /** What tests of sums draw from: not all of them are NaN. */
  public static Content[] summed() {
    return new Content[] {GAUSSIAN, TIES, FEW_SPECIALS, WIDE, TINY, UNDERFLOW, NEGATIVE_ZEROS};
  }

  /** An array that the seed determines. */
  public float[] values(long seed, int n) {
    return switch (this) {
      case GAUSSIAN -> Fill.gaussian(seed, n);
      case TIES -> each(seed, n, x -> (float) Math.rint(x)); // also -0
      case SPECIALS -> Fill.withSpecials(seed, n, 0.2);
      case FEW_SPECIALS -> Fill.withSpecials(seed, n, 0.02);
      case WIDE -> Fill.wide(seed, n);
      case TINY -> each(seed, n, x -> x * 1e-30f);
      case UNDERFLOW -> each(seed, n, x -> (seed % 2 == 0 ? 1e-30f : -1e-30f) * (1 + Math.abs(x)));
      case NEGATIVE_ZEROS -> each(seed, n, x -> x < 0.5f ? -0f : x);
      case FIXED -> FixedInputs.values(Math.toIntExact(seed), n);
      case ROUGH -> FixedInputs.rough(Math.toIntExact(seed), n);
    };
  }

  /** A function of a float. */
  private interface Change {
    float of(float x);
  }

  private static float[] each(long seed, int n, Change change) {
    float[] values = Fill.gaussian(seed, n);
    for (int i = 0; i < n; i++) {
      values[i] = change.of(values[i]);
    }
    return values;
  }
}
