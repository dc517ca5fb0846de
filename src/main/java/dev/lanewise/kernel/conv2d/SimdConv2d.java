package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.conv2d.special.SimdPooledWeights;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.pool.SimdMaxPool2d;
import dev.lanewise.kernel.support.Recycler;

/**
 * Convolutions with vectors across filters (backward-input: across input channels): matrix products
 * of packed pixels and packed weights. Thread-safe.
 */
public final class SimdConv2d extends CheckedConv2d {
  private final Team team;
  private final Recycler<SimdConvWeights> weights;
  private final Recycler<SimdConvBias> biases;
  private final Recycler<SimdPooledWeights> pooled;

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
    super(new SimdMaxPool2d(team), team, blocks);
    this.team = team;
    int threads = team.size();
    weights = new Recycler<>(() -> new SimdConvWeights(threads, blocks));
    biases = new Recycler<>(() -> new SimdConvBias(threads));
    pooled = new Recycler<>(() -> new SimdPooledWeights(threads));
  }

  @Override
  void forward(ConvCall c) {
    SimdConvGather.forward(c, team);
  }

  @Override
  void backwardInput(ConvCall c) {
    SimdConvGather.backwardInput(c, team);
  }

  @Override
  void backwardWeights(ConvCall c) {
    SimdConvWeights job = weights.take();
    job.backwardWeights(team, c);
    weights.give(job);
  }

  @Override
  void backwardBias(ConvCall c) {
    SimdConvBias job = biases.take();
    job.backwardBias(team, c);
    biases.give(job);
  }

  @Override
  void backwardWeightsPooled(ConvCall c) {
    if (SimdPooledWeights.fits(c.shape, c.window)) {
      SimdPooledWeights job = pooled.take();
      boolean done = job.run(team, c.shape, c.x, c.xAt, c.y, c.yAt, c.taps, c.tapsAt, c.w, c.wAt);
      pooled.give(job);
      if (done) {
        return;
      }
    }
    super.backwardWeightsPooled(c);
  }

  @Override
  void backwardBiasPooled(ConvCall c) {
    if (c.window.pairs()) {
      SimdConvBias job = biases.take();
      job.backwardBiasPooled(team, c);
      biases.give(job);
    } else {
      super.backwardBiasPooled(c);
    }
  }
}
