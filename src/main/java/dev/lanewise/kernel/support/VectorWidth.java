package dev.lanewise.kernel.support;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The one place that reads the vector width, once, when this class is initialized.
 *
 * <p>The system property {@value #PROPERTY} asks for 64, 128, 256 or 512 bits; without it, or with
 * 0 (which {@code KernelChoice} takes as the wish for scalar twins), it is the machine's preferred
 * width. A request that cannot be served is kept as a {@link #refusal()}: the SIMD twins'
 * constructors call {@link #require()}, so that no vector wider than the machine's is ever used
 * (the VM would emulate it with boxed objects, orders of magnitude slower).
 *
 * <p>The species are compile-time constants to C2, which is what lets it keep vectors in registers.
 */
public final class VectorWidth {
  /** The system property that asks for a vector width in bits. */
  public static final String PROPERTY = "lanewise.vectorBits";

  /** The widest float vector of this machine, in bits. */
  public static final int MACHINE_BITS = FloatVector.SPECIES_MAX.vectorBitSize();

  /** The width that the machine prefers, in bits. */
  public static final int PREFERRED_BITS = FloatVector.SPECIES_PREFERRED.vectorBitSize();

  private static final String REFUSAL = refuse(System.getProperty(PROPERTY));

  /** The width in use, in bits. */
  public static final int BITS = REFUSAL.isEmpty() ? requested() : PREFERRED_BITS;

  /** The species of all float vectors. */
  public static final VectorSpecies<Float> FLOATS =
      VectorSpecies.of(float.class, VectorShape.forBitSize(BITS));

  /** The species of all int vectors: as many lanes as {@link #FLOATS}. */
  public static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, VectorShape.forBitSize(BITS));

  /** Number of float lanes: 2, 4, 8 or 16. */
  public static final int LANES = BITS / Float.SIZE;

  private VectorWidth() {}

  /**
   * Returns why the requested width cannot be had.
   *
   * @return one sentence, or the empty string if nothing stands in the way
   */
  public static String refusal() {
    return REFUSAL;
  }

  /** Throws an {@link IllegalStateException} with the {@link #refusal()} if there is one. */
  public static void require() {
    if (!REFUSAL.isEmpty()) {
      throw new IllegalStateException(REFUSAL);
    }
  }

  /** One sentence: the width in use, and why. */
  public static String describe() {
    String text = System.getProperty(PROPERTY);
    return text == null || text.equals("0")
        ? "vectors of " + BITS + " bits, the width that this machine prefers"
        : "vectors of "
            + BITS
            + " bits, as asked for (this machine prefers "
            + PREFERRED_BITS
            + ")";
  }

  private static int requested() {
    String text = System.getProperty(PROPERTY);
    int bits = text == null ? 0 : Integer.parseInt(text);
    return bits == 0 ? PREFERRED_BITS : bits;
  }

  private static String refuse(String text) {
    if (text == null) {
      return "";
    }
    return switch (text) {
      case "0", "64", "128", "256", "512" ->
          Integer.parseInt(text) <= MACHINE_BITS
              ? ""
              : "vectors of "
                  + text
                  + " bits were asked for, but this machine's widest has "
                  + MACHINE_BITS;
      default -> PROPERTY + " is '" + text + "', but must be 0 (scalar), 64, 128, 256 or 512";
    };
  }

  /** Rounds an index down to a whole number of vectors. */
  public static int wholeVectors(int n) {
    return n & -LANES;
  }

  /** An int vector 0, 1, 2, … of the width in use. */
  public static IntVector iota() {
    return IntVector.zero(INTS).addIndex(1);
  }
}
