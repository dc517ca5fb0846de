package dev.lanewise.bench;

import dev.lanewise.kernel.loss.ScalarSoftmax;
import dev.lanewise.kernel.loss.Softmax;
import dev.lanewise.testing.Shapes;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.softmax_backward;
import org.bytedeco.dnnl.softmax_forward;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.BenchmarkParams;

/** {@link SoftmaxBench} by oneDNN, as far as it has the function. */
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class SoftmaxPeersBench extends KernelBench {
  /** Rows of logits and the function that is measured. */
  @State(Scope.Benchmark)
  public static class Rows extends PeerState {
    @Param("onednn")
    public String impl;

    @Param({Shapes.LOGITS_MNIST, Shapes.LOGITS_IMAGENET, Shapes.ATTENTION, Shapes.LOGITS_LANGUAGE})
    public String shape;

    private final Softmax ours = new ScalarSoftmax();
    private int rows;
    private int columns;
    private float[] x;
    private float[] y;
    private float[] saved;
    private String function = "";
    private OneDnn peer;

    @Override
    public void setUp(BenchmarkParams params) throws ReflectiveOperationException {
      function = params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
      super.setUp(params);
    }

    @Override
    String impl() {
      return impl;
    }

    @Override
    void fill() {
      Shapes.Matrix matrix = Shapes.matrix(shape);
      rows = matrix.rows();
      columns = matrix.columns();
      x = input(1, matrix.elements());
      y = output(matrix.elements());
      saved = output(matrix.elements());
      if (function.equals("softmaxGradient")) {
        ours.softmax(rows, columns, input(3, matrix.elements()), saved);
      } else {
        ours.logSoftmax(rows, columns, x, saved);
      }
      if (!used.equals("scalar")) {
        peer = build();
      }
    }

    private OneDnn build() {
      OneDnn build = new OneDnn(threads);
      memory.desc plain =
          new memory.desc(new long[] {rows, columns}, memory.data_type.f32, memory.format_tag.ab);
      var kind =
          function.startsWith("log") ? dnnl.algorithm.softmax_log : dnnl.algorithm.softmax_accurate;
      var forward =
          new softmax_forward.primitive_desc(
              build.cpu(), dnnl.prop_kind.forward_training, kind, plain, plain, 1);
      if (function.endsWith("Gradient")) {
        var backward =
            new softmax_backward.primitive_desc(build.cpu(), kind, plain, plain, plain, 1, forward);
        build.operation(new softmax_backward(backward), backward);
        build.argument(dnnl.DNNL_ARG_DST, saved, plain, plain);
        build.argument(dnnl.DNNL_ARG_DIFF_DST, x, plain, plain);
        build.result(dnnl.DNNL_ARG_DIFF_SRC, y, plain, plain);
      } else {
        build.operation(new softmax_forward(forward), forward);
        build.argument(dnnl.DNNL_ARG_SRC, x, plain, plain);
        build.result(dnnl.DNNL_ARG_DST, y, plain, plain);
      }
      return build;
    }

    @Override
    void collect() {
      if (!used.equals("scalar")) {
        peer.collect();
      }
    }

    @Override
    String about() {
      return peer.about();
    }

    private Object run(Traffic traffic) {
      traffic.count(x.length, function.endsWith("Gradient") ? 3 : 2);
      int n = columns;
      if (used.equals("scalar")) {
        switch (function) {
          case "softmax" -> ours.softmax(rows, n, x, y);
          case "logSoftmax" -> ours.logSoftmax(rows, n, x, y);
          case "softmaxGradient" -> ours.backwardSoftmax(rows, n, saved, 0, n, x, 0, n, y, 0, n);
          default -> ours.backwardLogSoftmax(rows, n, saved, 0, n, x, 0, n, y, 0, n);
        }
      } else {
        peer.run();
      }
      return this;
    }
  }

  @Benchmark
  public Object softmax(Rows s, Traffic traffic) {
    return s.run(traffic);
  }

  @Benchmark
  public Object logSoftmax(Rows s, Traffic traffic) {
    return s.run(traffic);
  }

  @Benchmark
  public Object softmaxGradient(Rows s, Traffic traffic) {
    return s.run(traffic);
  }

  @Benchmark
  public Object logSoftmaxGradient(Rows s, Traffic traffic) {
    return s.run(traffic);
  }
}
