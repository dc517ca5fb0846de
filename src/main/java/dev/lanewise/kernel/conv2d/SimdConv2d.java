package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.TileSource;
import dev.lanewise.kernel.conv2d.special.SimdPooledBias;
import dev.lanewise.kernel.conv2d.special.SimdPooledWeights;
import dev.lanewise.kernel.parallel.Team;

/**
 * Convolutions with vectors across filters (backward-input: across input channels): matrix products
 * of packed pixels and packed weights. Thread-safe.
 */
public final class SimdConv2d extends CheckedConv2d {
  private final Team team;

  /**
   * Builds the SIMD twin without asking whether this machine should use it.
   *
   * @param team divides the work; the result does not depend on it
   * @throws IllegalStateException if the requested vector width cannot be had
   */
  public SimdConv2d(Team team) {
    this(team, ConvBlocks.USUAL);
  }

  /** A SIMD twin that cuts its work in another way. */
  SimdConv2d(Team team, ConvBlocks blocks) {
    super(team, blocks);
    this.team = team;
  }

  @Override
  void forward(ConvCall c) {
    SimdConvGather.forward(c, team);
  }

  @Override
  void backwardInput(ConvCall c) {
    if (SimdConvPixels.fits(c.shape)) {
      SimdConvPixels.run(c, team);
    } else {
      SimdConvGather.backwardInput(c, team);
    }
  }

  @Override
  void backwardWeights(ConvCall c) {
    SimdConvWeights.run(c, team);
  }

  @Override
  void backwardBias(ConvCall c) {
    SimdConvBias.run(c, team);
  }

  @Override
  void backwardWeights(ConvCall c, TileSource source) {
    if (!isPlainThreeByThree(c.shape)
        || !SimdPooledWeights.fits(source)
        || !SimdPooledWeights.run(
            c.pooled.gradient(source).images(c.x, c.xAt, c.shape.inHeight(), c.shape.inWidth()),
            team,
            c.w,
            c.wAt)) {
      super.backwardWeights(c, source);
    }
  }

  @Override
  void backwardBias(ConvCall c, TileSource source) {
    if (SimdPooledBias.fits(source)) {
      SimdPooledBias.run(c.pooled.gradient(source), team, c.b, c.bAt);
    } else {
      super.backwardBias(c, source);
    }
  }

  /** Whether one channel lies under a 3 × 3 kernel without stride, dilation and padding. */
  static boolean isPlainThreeByThree(Conv2dShape s) {
    return s.inChannels() == 1
        && s.kernelHeight() == 3
        && s.kernelWidth() == 3
        && s.strideHeight() == 1
        && s.strideWidth() == 1
        && s.dilationHeight() == 1
        && s.dilationWidth() == 1
        && s.padTop() + s.padBottom() + s.padLeft() + s.padRight() == 0;
  }
}
