package dev.lanewise.kernel.allocation;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.pointwise.Nonlinearity;
import dev.lanewise.kernel.update.Moments;
import dev.lanewise.testing.Fill;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntConsumer;

/** Calls of the families that work on vectors, and of BLAS's second level. */
final class VectorCalls {
  private static final int ROOM = Call.LONG + 7;

  private final List<Call> calls = new ArrayList<>();
  private final float[] x = Fill.gaussian(1, ROOM);
  private final float[] y = Fill.gaussian(2, ROOM);
  private final float[] a = Fill.gaussian(3, ROOM);
  private final float[] out = new float[ROOM];
  private final float[][] in = ofEachLength();
  private final float[][] outs = ofEachLength();
  private final int[] labels = Fill.labels(4, ROOM, 3);
  private final byte[] bytes = new byte[ROOM];
  private final byte[][] byteRows = new byte[Call.MOST + 1][];
  private final int[][] labelRows = new int[Call.MOST + 1][];

  private VectorCalls() {
    for (int n = 0; n <= Call.MOST; n++) {
      byteRows[n] = new byte[n];
      labelRows[n] = Fill.labels(n, n, 3);
    }
  }

  static List<Call> all() {
    VectorCalls made = new VectorCalls();
    made.elementwise();
    made.reduce();
    made.blas();
    made.matrices();
    made.nonlinear();
    made.dropout();
    made.activation();
    made.descent();
    made.adaptive();
    return made.calls;
  }

  private static float[][] ofEachLength() {
    float[][] all = new float[Call.MOST + 1][];
    for (int n = 0; n <= Call.MOST; n++) {
      all[n] = Fill.gaussian(n, n);
    }
    return all;
  }

  private void vector(String name, Function<Kernels, IntConsumer> prepare) {
    calls.add(new Call(name, Call.vectors(), prepare));
  }

  /** A form for whole arrays, or a matrix of few rows. */
  private void small(String name, Function<Kernels, IntConsumer> prepare) {
    calls.add(new Call(name, Call.small(), prepare));
  }

  private void elementwise() {
    vector("elementwise.scale", k -> n -> k.elementwise().scale(n, 0.5f, x, 3, out, 2));
    vector("elementwise.add", k -> n -> k.elementwise().add(n, x, 3, y, 1, out, 2));
    vector("elementwise.axpy", k -> n -> k.elementwise().axpy(n, 0.5f, x, 3, out, 2));
    vector("elementwise.clip", k -> n -> k.elementwise().clip(n, -0.5f, 1, x, 3, out, 2));
    vector("elementwise.bytesToUnit", k -> n -> k.elementwise().bytesToUnit(n, bytes, 1, out, 2));
    small("elementwise.oneHot", k -> n -> k.elementwise().oneHot(n, 3, labels, 1, out, 2));
    small("elementwise.oneHot wide", k -> n -> k.elementwise().oneHot(3, n + 2, labels, 1, out, 2));
    small("elementwise.scale arrays", k -> n -> k.elementwise().scale(0.5f, in[n], outs[n]));
    small("elementwise.add arrays", k -> n -> k.elementwise().add(in[n], in[n], outs[n]));
    small("elementwise.clip arrays", k -> n -> k.elementwise().clip(-1, 1, in[n], outs[n]));
    small(
        "elementwise.bytesToUnit arrays",
        k -> n -> k.elementwise().bytesToUnit(byteRows[n], outs[n]));
    float[][] hot = new float[Call.MOST + 1][];
    for (int n = 0; n < hot.length; n++) {
      hot[n] = new float[3 * n];
    }
    small("elementwise.oneHot arrays", k -> n -> k.elementwise().oneHot(3, labelRows[n], hot[n]));
  }

  private void reduce() {
    vector("reduce.sum", k -> n -> out[0] = k.reduce().sum(n, x, 3));
    vector("reduce.max", k -> n -> out[0] = k.reduce().max(n, x, 3));
    vector("reduce.dot", k -> n -> out[0] = k.reduce().dot(n, x, 3, y, 1));
    vector("reduce.squaredNorm", k -> n -> out[0] = k.reduce().squaredNorm(n, x, 3));
    vector(
        "reduce.squaredNormInDouble",
        k -> n -> out[0] = (float) k.reduce().squaredNormInDouble(n, x, 3));
    vector("reduce.argMax", k -> n -> labels[0] = k.reduce().argMax(n, x, 3));
    vector("reduce.sumRows tall", k -> n -> k.reduce().sumRows(n, 1, x, 3, 1, out, 0));
    small("reduce.sumRows", k -> n -> k.reduce().sumRows(37, n, x, 3, n + 1, out, 0));
    calls.add(
        new Call(
            "reduce.sumRows large",
            Call.once(),
            k -> n -> k.reduce().sumRows(5000, 4, x, 3, 4, out, 0)));
    small("reduce.sum array", k -> n -> out[0] = k.reduce().sum(in[n]));
    small("reduce.max array", k -> n -> out[0] = k.reduce().max(in[n]));
    small("reduce.argMax array", k -> n -> labels[0] = k.reduce().argMax(in[n]));
    small("reduce.sumRows arrays", k -> n -> k.reduce().sumRows(1, n, in[n], outs[n]));
  }

  private void blas() {
    vector("blas.axpy", k -> n -> k.blas().axpy(n, 0.5f, x, 3, out, 2));
    vector("blas.scal", k -> n -> k.blas().scal(n, -1, out, 2));
    vector("blas.dot", k -> n -> out[0] = k.blas().dot(n, x, 3, y, 1));
    vector("blas.nrm2", k -> n -> out[0] = k.blas().nrm2(n, x, 3));
    vector("blas.asum", k -> n -> out[0] = k.blas().asum(n, x, 3));
    vector("blas.iamax", k -> n -> labels[0] = k.blas().iamax(n, x, 3));
    small("blas.axpy arrays", k -> n -> k.blas().axpy(0.5f, in[n], outs[n]));
    small("blas.scal array", k -> n -> k.blas().scal(-1, outs[n]));
    small("blas.dot arrays", k -> n -> out[0] = k.blas().dot(in[n], in[n]));
    small("blas.nrm2 array", k -> n -> out[0] = k.blas().nrm2(in[n]));
    small("blas.asum array", k -> n -> out[0] = k.blas().asum(in[n]));
    small("blas.iamax array", k -> n -> labels[0] = k.blas().iamax(in[n]));
  }

  private void matrices() {
    for (Transpose t : Transpose.values()) {
      small(
          "blas.gemv wide " + t,
          k -> n -> k.blas().gemv(t, 5, n, 1, a, 3, n + 1, x, 1, 0.5f, out, 2));
      small(
          "blas.gemv tall " + t, k -> n -> k.blas().gemv(t, n, 5, 0.5f, a, 3, 5, x, 1, 0, out, 2));
      small("blas.gemv " + t, k -> n -> k.blas().gemv(t, n, n, 0.5f, a, 3, n, x, 1, -1, out, 2));
      calls.add(
          new Call(
              "blas.gemv large " + t,
              Call.once(),
              k -> n -> k.blas().gemv(t, 150, 133, 1, a, 3, 133, x, 1, 0, out, 2)));
    }
    small("blas.gemv arrays", k -> n -> k.blas().gemv(3, n, a, in[n], out));
    small("blas.ger", k -> n -> k.blas().ger(5, n, 0.5f, x, 3, y, 1, out, 2, n + 1));
    small("blas.ger tall", k -> n -> k.blas().ger(n, 5, 0.5f, x, 3, y, 1, out, 2, 5));
    small("blas.ger arrays", k -> n -> k.blas().ger(1, n, 0.5f, x, in[n], outs[n]));
    calls.add(
        new Call(
            "blas.ger large",
            Call.once(),
            k -> n -> k.blas().ger(150, 133, 0.5f, x, 3, y, 1, out, 2, 133)));
  }

  private void nonlinear() {
    for (Nonlinearity.Kind kind : Nonlinearity.Kind.values()) {
      boolean scaled = kind == Nonlinearity.Kind.LEAKY_RELU || kind == Nonlinearity.Kind.ELU;
      Nonlinearity function = new Nonlinearity(kind, scaled ? 0.75f : 0f);
      vector("nonlinear.apply " + kind, k -> n -> k.nonlinear().apply(function, n, x, 3, out, 2));
      vector(
          "nonlinear.gradient " + kind,
          k -> n -> k.nonlinear().gradient(function, n, x, 3, y, 1, out, 2));
      small(
          "nonlinear.apply arrays " + kind,
          k -> n -> k.nonlinear().apply(function, in[n], outs[n]));
    }
  }

  private void dropout() {
    for (double rate : new double[] {0, 0.25, 1}) {
      vector("dropout.apply " + rate, k -> n -> k.dropout().apply(n, rate, 7, 5, x, 3, out, 2));
    }
  }

  private void activation() {
    vector("activation.relu", k -> n -> k.activation().relu(n, x, 3, out, 2));
    vector("activation.reluGradient", k -> n -> k.activation().reluGradient(n, x, 3, y, 1, out, 2));
    vector(
        "activation.scaledReluGradient",
        k -> n -> k.activation().scaledReluGradient(n, 1.5f, x, 3, y, 1, out, 2));
    small("activation.relu arrays", k -> n -> k.activation().relu(in[n], outs[n]));
  }

  private void descent() {
    float[][] w = weights(6);
    float[][] s = weights(6);
    vector("update.sgd", k -> n -> k.update().sgd(n, w[0], 1, x, 3, 1e-6f, 0));
    vector("update.sgd decay", k -> n -> k.update().sgd(n, w[0], 1, x, 3, 1e-6f, 1e-6f));
    for (boolean nesterov : new boolean[] {false, true}) {
      vector(
          "update.momentum " + nesterov,
          k -> n -> k.update().momentum(n, w[1], 1, x, 3, s[0], 1e-6f, 0.9f, 1, nesterov, 0, 0));
    }
    vector(
        "update.adagrad",
        k -> n -> k.update().adagrad(n, w[2], 1, x, 3, s[1], 1e-6f, 1e-7f, 0, 0, 0));
    vector(
        "update.ftrl",
        k ->
            n ->
                k.update()
                    .ftrl(n, w[3], 1, x, 3, s[2], s[3], 1e3f, 0.01f, 0.1f, 0.2f, 0x1p-100f, 0));
    vector("update.decay", k -> n -> k.update().decay(n, w[4], 1, 1e-9f));
    vector(
        "update.average", k -> n -> k.update().average(n, s[4], 1, w[5], 3, 0.9f, 0.1f, 0x1p-100f));
  }

  private void adaptive() {
    Moments b = Moments.of(0.9, 0.999, 1e-7);
    float[][] w = weights(8);
    float[][] s = weights(16);
    vector(
        "update.adadelta",
        k -> n -> k.update().adadelta(n, w[0], 1, x, 3, s[0], s[1], b, 1e-6f, 1e-7f, 0));
    vector(
        "update.rmsprop",
        k ->
            n ->
                k.update()
                    .rmsprop(n, w[1], 1, x, 3, s[2], s[3], s[4], b, 1e-6f, 0.9f, 1, 1e-7f, 0, 0));
    vector(
        "update.adam",
        k -> n -> k.update().adam(n, w[2], 1, x, 3, s[5], s[6], s[7], b, 1e-6f, 1e-7f, 0));
    vector(
        "update.adamax",
        k -> n -> k.update().adamax(n, w[3], 1, x, 3, s[8], s[9], b, 1e-6f, 0, 1e-7f, 0));
    vector(
        "update.nadam",
        k -> n -> k.update().nadam(n, w[4], 1, x, 3, s[10], s[11], b, 1e-6f, 1e-7f, 1e-7f, 0.1f));
    vector("update.lion", k -> n -> k.update().lion(n, w[5], 1, x, 3, s[12], b, 1e-6f, 0));
  }

  private static float[][] weights(int count) {
    float[][] all = new float[count][];
    for (int i = 0; i < count; i++) {
      all[i] = Fill.gaussian(i, ROOM);
      for (int j = 0; j < ROOM; j++) {
        all[i][j] = Math.abs(all[i][j]);
      }
    }
    return all;
  }
}
