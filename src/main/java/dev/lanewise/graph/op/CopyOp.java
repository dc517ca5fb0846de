package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.Step;

/**
 * The value of input 0 in memory of its own: what a variable held before the run's updates, for an
 * update that runs behind that variable's.
 */
public record CopyOp() implements Op {
  @Override
  public String name() {
    return "copy";
  }

  @Override
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    return dy;
  }

  @Override
  public Step step(Binding binding) {
    float[] from = binding.input(0);
    float[] to = binding.value();
    int n = binding.shape().elements();
    return () -> System.arraycopy(from, 0, to, 0, n);
  }
}
