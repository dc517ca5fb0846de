package dev.lanewise.kernel.support;

import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

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

  /**
   * How many vector registers the machine has: 16 on x86 without 512-bit vectors, 32 elsewhere.
   * Java cannot ask.
   */
  public static final int REGISTERS =
      MACHINE_BITS < 512 && System.getProperty("os.arch", "").matches("amd64|x86_64|x86|i386")
          ? 16
          : 32;

  /**
   * Where packed data begins in its array: behind the 16 bytes of an array's header it lies on 64
   * bytes if objects do (-XX:ObjectAlignmentInBytes=64). Every multiply-add reads a vector of it,
   * and one that crosses a cache line costs twice.
   */
  public static final int ALIGNED = 12;

  /** The property as it was when this class was initialized: what it becomes later counts not. */
  private static final @Nullable String TEXT = System.getProperty(PROPERTY);

  private static final String REFUSAL = refuse(TEXT);

  /** The width in use, in bits. */
  public static final int BITS = REFUSAL.isEmpty() ? requested() : PREFERRED_BITS;

  /** The species of all float vectors. */
  public static final VectorSpecies<Float> FLOATS =
      VectorSpecies.of(float.class, VectorShape.forBitSize(BITS));

  /** The species of all int vectors: as many lanes as {@link #FLOATS}. */
  public static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, VectorShape.forBitSize(BITS));

  /** The species of all double vectors: half as many lanes. */
  public static final VectorSpecies<Double> DOUBLES =
      VectorSpecies.of(double.class, VectorShape.forBitSize(BITS));

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

  /**
   * Throws an {@link IllegalStateException} of one sentence if there is a {@link #refusal()}, or if
   * the property now asks for another width than the one that was read and is in use.
   */
  public static void require() {
    if (!REFUSAL.isEmpty()) {
      throw new IllegalStateException(REFUSAL);
    }
    String now = System.getProperty(PROPERTY);
    if (!Objects.equals(now, TEXT) && !Integer.toString(BITS).equals(now)) {
      throw new IllegalStateException(
          "the vector width was read as %s bits and cannot be changed to %s in this VM"
              .formatted(
                  BITS,
                  now == null ? "the machine's own (" + PROPERTY + " is unset)" : "'" + now + "'"));
    }
  }

  /** One sentence: the width in use, and why. */
  public static String describe() {
    return TEXT == null || TEXT.equals("0")
        ? "vectors of " + BITS + " bits, the width that this machine prefers"
        : "vectors of %s bits, as asked for (this machine prefers %s)"
            .formatted(BITS, PREFERRED_BITS);
  }

  private static int requested() {
    int bits = TEXT == null ? 0 : Integer.parseInt(TEXT);
    return bits == 0 ? PREFERRED_BITS : bits;
  }

  private static String refuse(@Nullable String text) {
    if (text == null) {
      return "";
    }
    return switch (text) {
      case "0", "64", "128", "256", "512" ->
          Integer.parseInt(text) <= MACHINE_BITS
              ? ""
              : "vectors of %s bits were asked for, but this machine's widest has %s"
                  .formatted(text, MACHINE_BITS);
      default -> PROPERTY + " is '" + text + "', but must be 0 (scalar), 64, 128, 256 or 512";
    };
  }

  /** Rounds an index down to a whole number of vectors. */
  public static int wholeVectors(int n) {
    return n & -LANES;
  }

  /** Rounds a number of elements up to a whole number of vectors. */
  public static int roundedUp(int n) {
    return (n + LANES - 1) & -LANES;
  }

  /** An int vector 0, 1, 2, … of the width in use. */
  public static IntVector iota() {
    return IntVector.zero(INTS).addIndex(1);
  }
}
