package dev.lanewise.bench;

import dev.lanewise.bench.plain.PlainConv2d;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.testing.Shapes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Convolutions: the MNIST CNN's layer, a second one behind it, a layer of a ResNet, and a depthwise
 * one.
 */
public class Conv2dBench extends KernelBench {
  /** A layer and its gradients. */
  @State(Scope.Benchmark)
  public static class Layer extends KernelState.WithPlain {
    @Param({Shapes.CONV_MNIST, Shapes.CONV_SECOND, Shapes.CONV_RESNET, Shapes.CONV_DEPTHWISE})
    public String shape;

    Conv2dShape sizes;
    float[] x;
    float[] w;
    float[] y;
    float[] dx;
    float[] dw;
    float[] db;
    float[] dy;

    @Override
    void fill() {
      sizes = Shapes.conv(shape);
      x = input(1, sizes.inElements());
      w = input(2, sizes.weightElements());
      dy = input(3, sizes.outElements());
      y = output(sizes.outElements());
      dx = output(sizes.inElements());
      dw = output(sizes.weightElements());
      db = output(sizes.filters());
    }

    void count(Work work) {
      int taps = sizes.kernelHeight() * sizes.kernelWidth() * (sizes.inChannels() / sizes.groups());
      work.count((long) taps * y.length, (long) x.length + w.length + y.length);
    }
  }

  /** The output, without bias. */
  @Benchmark
  public float[] forward(Layer s, Work work) {
    s.count(work);
    if (s.plain) {
      PlainConv2d.forward(s.sizes, s.x, s.w, s.y);
    } else {
      s.kernels.conv2d().forward(s.sizes, s.x, s.w, s.y);
    }
    return s.y;
  }

  /** The gradient with respect to the input; a first layer never asks for it. */
  @Benchmark
  public float[] backwardInput(Layer s, Work work) {
    s.count(work);
    if (s.plain) {
      PlainConv2d.backwardInput(s.sizes, s.dy, s.w, s.dx);
    } else {
      s.kernels.conv2d().backwardInput(s.sizes, s.dy, s.w, s.dx);
    }
    return s.dx;
  }

  /** The gradient with respect to the weights. */
  @Benchmark
  public float[] backwardWeights(Layer s, Work work) {
    s.count(work);
    if (s.plain) {
      PlainConv2d.backwardWeights(s.sizes, s.x, s.dy, s.dw);
    } else {
      s.kernels.conv2d().backwardWeights(s.sizes, s.x, s.dy, s.dw);
    }
    return s.dw;
  }

  /** The gradient with respect to the bias. */
  @Benchmark
  public float[] backwardBias(Layer s, Traffic traffic) {
    traffic.count(s.dy.length, 1);
    if (s.plain) {
      PlainConv2d.backwardBias(s.dy, s.db);
    } else {
      s.kernels.conv2d().backwardBias(s.sizes, s.dy, 0, s.db, 0);
    }
    return s.db;
  }
}
