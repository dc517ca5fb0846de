package dev.lanewise.graph;

/** A piece of a plan, bound to its buffers: running it allocates nothing. */
@FunctionalInterface
public interface Step {
  /** Computes what the step is for. */
  void run();
}
