package dev.lanewise.kernel.reduce;

import static jdk.incubator.vector.VectorOperators.F2D;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Task;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * The squared norm in double of one vector: a part is a block. Reused call after call.
 *
 * <p>Four vectors of double lanes are summed in a walk over a block, which is in L1; narrow vectors
 * walk over it several times. Vectors of one double have no floats to be made of, so that 64 bits
 * use plain loops.
 */
final class SimdNormJob implements Task {
  private static final float[] NONE = {};
  private static final int BITS = VectorWidth.BITS;
  private static final boolean SINGLE = BITS == 64;

  private static final VectorSpecies<Double> D =
      VectorSpecies.of(double.class, VectorShape.forBitSize(BITS));
  private static final VectorSpecies<Float> F = VectorWidth.FLOATS;

  /** Double lanes of a vector. */
  private static final int L = BITS / Double.SIZE;

  private final DoubleLanes doubles = new DoubleLanes();
  private int n;
  private float[] x = NONE;
  private int xOffset;
  private double[] lanes = {};

  double squaredNorm(@Nullable Team team, int n, float[] x, int xOffset) {
    int blocks = Lanes.blocks(n);
    lanes = doubles.ofBlocks(n);
    this.n = n;
    this.x = x;
    this.xOffset = xOffset;
    try {
      if (team == null) {
        for (int b = 0; b < blocks; b++) {
          block(b);
        }
      } else {
        team.run(blocks, this);
      }
    } finally {
      this.x = NONE;
    }
    for (int b = 0; b < blocks; b++) {
      lanes[b] = lanes[b * Lanes.COUNT];
    }
    return DoubleLanes.total(lanes, blocks);
  }

  @Override
  public void run(int part, Scratch scratch) {
    block(part);
  }

  /** Leaves the sum of a block in the first of its lanes. */
  private void block(int b) {
    int size = Lanes.size(n, b);
    int whole = size & -Lanes.COUNT;
    int at = xOffset + b * Lanes.BLOCK;
    int first = b * Lanes.COUNT;
    if (SINGLE) {
      Arrays.fill(lanes, first, first + Lanes.COUNT, 0.0);
      addRest(size, x, at, lanes, first);
    } else {
      for (int lane = 0; lane < Lanes.COUNT; lane += 4 * L) {
        add4(whole, x, at + lane, lanes, first + lane);
      }
      addRest(size - whole, x, at + whole, lanes, first);
    }
    DoubleLanes.fold(lanes, first);
  }

  private static void add4(int whole, float[] x, int xOffset, double[] lanes, int lane) {
    DoubleVector s0 = DoubleVector.zero(D);
    DoubleVector s1 = s0;
    DoubleVector s2 = s0;
    DoubleVector s3 = s0;
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      FloatVector v0 = FloatVector.fromArray(F, x, xOffset + i);
      FloatVector v1 = FloatVector.fromArray(F, x, xOffset + i + 2 * L);
      s0 = addSquare(s0, v0, 0);
      s1 = addSquare(s1, v0, 1);
      s2 = addSquare(s2, v1, 0);
      s3 = addSquare(s3, v1, 1);
    }
    s0.intoArray(lanes, lane);
    s1.intoArray(lanes, lane + L);
    s2.intoArray(lanes, lane + 2 * L);
    s3.intoArray(lanes, lane + 3 * L);
  }

  /** Adds the squares of one half of the floats. */
  private static DoubleVector addSquare(DoubleVector sum, FloatVector floats, int half) {
    var v = (DoubleVector) floats.convertShape(F2D, D, half);
    return sum.add(v.mul(v));
  }

  private static void addRest(int n, float[] x, int xOffset, double[] lanes, int lane) {
    for (int i = 0; i < n; i++) {
      double value = x[xOffset + i];
      lanes[lane + i % Lanes.COUNT] += value * value;
    }
  }
}
