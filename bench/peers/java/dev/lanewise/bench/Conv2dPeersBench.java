package dev.lanewise.bench;

import dev.lanewise.kernel.conv2d.Conv2d;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.conv2d.ScalarConv2d;
import dev.lanewise.testing.Shapes;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.BenchmarkParams;

/** {@link Conv2dBench} by oneDNN, which holds images and weights in the layouts that it prefers. */
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class Conv2dPeersBench extends KernelBench {
  /** A layer and the one of its three products that is measured. */
  @State(Scope.Benchmark)
  public static class Layer extends PeerState {
    @Param("onednn")
    public String impl;

    @Param({Shapes.CONV_MNIST, Shapes.CONV_SECOND, Shapes.CONV_RESNET, Shapes.CONV_DEPTHWISE})
    public String shape;

    private final Conv2d ours = new ScalarConv2d();
    private Conv2dShape sizes;
    private float[] x;
    private float[] w;
    private float[] dy;
    private float[] y;
    private float[] dx;
    private float[] dw;
    private String product = "";
    private OneDnn peer;

    @Override
    public void setUp(BenchmarkParams params) throws ReflectiveOperationException {
      product = params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
      super.setUp(params);
    }

    @Override
    String impl() {
      return impl;
    }

    @Override
    void fill() {
      sizes = Shapes.conv(shape);
      x = input(1, sizes.inElements());
      w = input(2, sizes.weightElements());
      dy = input(3, sizes.outElements());
      y = output(sizes.outElements());
      dx = output(sizes.inElements());
      dw = output(sizes.weightElements());
      if (!used.equals("scalar")) {
        peer = build();
      }
    }

    private OneDnn build() {
      OneDnn build = new OneDnn(threads);
      Conv2dShape s = sizes;
      long[] in = {s.batch(), s.inChannels(), s.inHeight(), s.inWidth()};
      long[] out = {s.batch(), s.filters(), s.outHeight(), s.outWidth()};
      long channels = s.inChannels() / s.groups();
      long[] kernel = {s.filters(), channels, s.kernelHeight(), s.kernelWidth()};
      long filters = s.filters() / s.groups();
      long[] grouped = {s.groups(), filters, channels, s.kernelHeight(), s.kernelWidth()};
      boolean groups = s.groups() > 1;
      long[] weights = groups ? grouped : kernel;
      memory.desc ourIn = layout(in, memory.format_tag.nhwc);
      memory.desc ourOut = layout(out, memory.format_tag.nhwc);
      memory.desc ourWeights =
          layout(weights, groups ? memory.format_tag.hwigo : memory.format_tag.hwio);
      memory.desc anyIn = layout(in, memory.format_tag.any);
      memory.desc anyOut = layout(out, memory.format_tag.any);
      memory.desc anyWeights = layout(weights, memory.format_tag.any);
      long[] strides = {s.strideHeight(), s.strideWidth()};
      long[] before = {s.padTop(), s.padLeft()};
      long[] after = {s.padBottom(), s.padRight()};
      var direct = dnnl.algorithm.convolution_direct;
      var forward =
          new convolution_forward.primitive_desc(
              build.cpu(),
              dnnl.prop_kind.forward_training,
              direct,
              anyIn,
              anyWeights,
              anyOut,
              strides,
              before,
              after);
      switch (product) {
        case "forward" -> {
          build.operation(new convolution_forward(forward), forward);
          build.argument(dnnl.DNNL_ARG_SRC, x, ourIn, forward.src_desc());
          build.argument(dnnl.DNNL_ARG_WEIGHTS, w, ourWeights, forward.weights_desc());
          build.result(dnnl.DNNL_ARG_DST, y, ourOut, forward.dst_desc());
        }
        case "backwardInput" -> {
          var data =
              new convolution_backward_data.primitive_desc(
                  build.cpu(), direct, anyIn, anyWeights, anyOut, strides, before, after, forward);
          build.operation(new convolution_backward_data(data), data);
          build.argument(dnnl.DNNL_ARG_DIFF_DST, dy, ourOut, data.diff_dst_desc());
          build.argument(dnnl.DNNL_ARG_WEIGHTS, w, ourWeights, data.weights_desc());
          build.result(dnnl.DNNL_ARG_DIFF_SRC, dx, ourIn, data.diff_src_desc());
        }
        default -> {
          var gradient =
              new convolution_backward_weights.primitive_desc(
                  build.cpu(), direct, anyIn, anyWeights, anyOut, strides, before, after, forward);
          build.operation(new convolution_backward_weights(gradient), gradient);
          build.argument(dnnl.DNNL_ARG_SRC, x, ourIn, gradient.src_desc());
          build.argument(dnnl.DNNL_ARG_DIFF_DST, dy, ourOut, gradient.diff_dst_desc());
          build.result(dnnl.DNNL_ARG_DIFF_WEIGHTS, dw, ourWeights, gradient.diff_weights_desc());
        }
      }
      return build;
    }

    private static memory.desc layout(long[] sizes, memory.format_tag order) {
      return new memory.desc(sizes, memory.data_type.f32, order);
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

    private Object run(Work work) {
      int taps = sizes.kernelHeight() * sizes.kernelWidth() * (sizes.inChannels() / sizes.groups());
      work.count((long) taps * y.length, (long) x.length + w.length + y.length);
      if (used.equals("scalar")) {
        switch (product) {
          case "forward" -> ours.forward(sizes, x, w, y);
          case "backwardInput" -> ours.backwardInput(sizes, dy, w, dx);
          default -> ours.backwardWeights(sizes, x, dy, dw);
        }
      } else {
        peer.run();
      }
      return this;
    }
  }

  /** The output, without bias. */
  @Benchmark
  public Object forward(Layer s, Work work) {
    return s.run(work);
  }

  /** The gradient with respect to the input. */
  @Benchmark
  public Object backwardInput(Layer s, Work work) {
    return s.run(work);
  }

  /** The gradient with respect to the weights. */
  @Benchmark
  public Object backwardWeights(Layer s, Work work) {
    return s.run(work);
  }
}
