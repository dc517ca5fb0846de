package dev.lanewise.kernel.allocation;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.TileSource;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.testing.Fill;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/** Calls of the families that work on matrices and images. */
final class LayerCalls {
  private static final int ROOM = 130_000;
  private static final TileConsumer NOTHING = (tile, at, ld, row, rows, column, columns) -> {};

  private final List<Call> calls = new ArrayList<>();
  private final float[] x = Fill.gaussian(1, ROOM);
  private final float[] y = Fill.gaussian(2, ROOM);
  private final float[] bias = Fill.gaussian(3, 1000);
  private final float[] out = new float[ROOM];
  private final float[] loss = new float[1000];
  private final float[] ones = new float[1000];
  private final int[] taps = new int[ROOM];
  private final int[] labels = new int[1000];
  private final float[] targets = new float[ROOM];
  private final float[] tile = new float[ROOM];

  private LayerCalls() {
    Arrays.fill(targets, 1 / 1024f);
    Arrays.fill(ones, 1f);
  }

  static List<Call> all() {
    LayerCalls made = new LayerCalls();
    made.matmul();
    made.conv2d();
    made.pooled();
    made.pool();
    made.bias();
    made.softmax();
    made.crossEntropy();
    made.losses();
    made.normalization();
    made.batchNormalization();
    return made.calls;
  }

  private void small(String name, Function<Kernels, IntConsumer> prepare) {
    calls.add(new Call(name, Call.small(), prepare));
  }

  private void once(String name, Function<Kernels, IntConsumer> prepare) {
    calls.add(new Call(name, Call.once(), prepare));
  }

  private void matmul() {
    float[] zeros = x.clone();
    for (int i = 0; i < zeros.length; i++) {
      if (i % 5 != 0) {
        zeros[i] = 0;
      }
    }
    for (Transpose s : Transpose.values()) {
      for (Transpose t : Transpose.values()) {
        String name = "matmul.sgemm " + s + " " + t;
        small(name + " m", k -> n -> product(k, s, t, n, 5, 7, x, 0));
        small(name + " n", k -> n -> product(k, s, t, 5, n, 7, x, 0.5f));
        small(name + " k", k -> n -> product(k, s, t, 5, 7, n, x, 0));
        small(name + " m, n", k -> n -> product(k, s, t, n, n, 3, x, 1));
        once(name + " large", k -> n -> product(k, s, t, 127, 133, 150, x, 0));
        once(name + " zeros", k -> n -> product(k, s, t, 127, 133, 150, zeros, 0));
        once(name + " relay", k -> n -> product(k, s, t, 12, 256, 500, zeros, 0));
        small(
            "matmul.sgemmTiles " + s + " " + t,
            k -> n -> k.matmul().sgemmTiles(s, t, n, n, 5, 1, x, 1, n + 5, y, 2, n + 5, NOTHING));
        small(
            "matmul.multiply transposed " + s + " " + t,
            k -> n -> k.matmul().multiply(s, t, n, 3, 5, x, y, out));
      }
    }
    small("matmul.multiply", k -> n -> k.matmul().multiply(3, n, 5, x, y, out));
    small(
        "matmul.sgemm consumer",
        k ->
            n ->
                k.matmul()
                    .sgemm(
                        Transpose.NO,
                        Transpose.NO,
                        n,
                        9,
                        5,
                        1,
                        x,
                        1,
                        5,
                        y,
                        2,
                        9,
                        0,
                        out,
                        1,
                        9,
                        NOTHING));
  }

  private void product(
      Kernels kernels, Transpose s, Transpose t, int m, int n, int k, float[] a, float beta) {
    int lda = s == Transpose.NO ? k : m;
    int ldb = t == Transpose.NO ? n : k;
    kernels.matmul().sgemm(s, t, m, n, k, 1, a, 0, lda, y, 0, ldb, beta, out, 1, n + 1);
  }

  private void conv2d() {
    convolutions("filters", n -> Conv2dShape.valid(1, 4, 5, 2, n, 3, 3));
    convolutions("width", n -> Conv2dShape.valid(2, 3, n + 2, 1, 3, 3, 3));
    convolutions("first", n -> Conv2dShape.valid(1, 6, n + 2, 1, 32, 3, 3));
    convolutions("channels", n -> Conv2dShape.same(1, 3, 3, n, 3, 3, 3, 1, 1, 1, 1, 1));
    convolutions("strides", n -> Conv2dShape.same(2, 5, n + 1, 2, 4, 3, 2, 2, 2, 1, 1, 2));
    convolutions(
        "dilations", n -> new Conv2dShape(1, 9, n + 3, 2, 5, 2, 3, 1, 2, 2, 1, 1, 0, 0, 1, 1));
    convolutionsOnce("large", Conv2dShape.valid(4, 28, 28, 1, 32, 3, 3));
    convolutionsOnce("large again", Conv2dShape.same(4, 10, 11, 16, 24, 3, 3, 1, 1, 1, 1, 1));
    Conv2dShape[] shapes = shapes(n -> Conv2dShape.valid(1, 4, 5, 2, n, 2, 3));
    small(
        "conv2d.forward consumer",
        k -> n -> k.conv2d().forward(shapes[n], x, 1, y, 2, out, 3, NOTHING));
    small("conv2d.forward arrays", k -> n -> k.conv2d().forward(shapes[n], x, y, out));
    small("conv2d.backwardInput arrays", k -> n -> k.conv2d().backwardInput(shapes[n], y, x, out));
    small(
        "conv2d.backwardWeights arrays",
        k -> n -> k.conv2d().backwardWeights(shapes[n], x, y, out));
  }

  private static Conv2dShape[] shapes(IntFunction<Conv2dShape> shape) {
    Conv2dShape[] shapes = new Conv2dShape[Call.MOST + 1];
    for (int n = 1; n < shapes.length; n++) {
      shapes[n] = shape.apply(n);
    }
    return shapes;
  }

  private void convolutions(String name, IntFunction<Conv2dShape> shape) {
    convolutions(name, Call.small(), shapes(shape));
  }

  private void convolutionsOnce(String name, Conv2dShape shape) {
    convolutions(name, Call.once(), new Conv2dShape[] {shape, shape});
  }

  private void convolutions(String name, int[] sizes, Conv2dShape[] s) {
    calls.add(
        new Call(
            "conv2d.forward " + name,
            sizes,
            k -> n -> k.conv2d().forward(s[n], x, 1, y, 2, out, 3)));
    calls.add(
        new Call(
            "conv2d.forwardTiles " + name,
            sizes,
            k -> n -> k.conv2d().forwardTiles(s[n], x, 1, y, 2, NOTHING)));
    calls.add(
        new Call(
            "conv2d.backwardInput " + name,
            sizes,
            k -> n -> k.conv2d().backwardInput(s[n], x, 1, y, 2, out, 3)));
    calls.add(
        new Call(
            "conv2d.backwardWeights " + name,
            sizes,
            k -> n -> k.conv2d().backwardWeights(s[n], x, 1, y, 2, out, 3)));
    calls.add(
        new Call(
            "conv2d.backwardBias " + name,
            sizes,
            k -> n -> k.conv2d().backwardBias(s[n], x, 1, out, 3)));
  }

  private void pooled() {
    pooled("filters", Call.small(), shapes(n -> Conv2dShape.valid(2, 6, 8, 1, n, 3, 3)), 2);
    pooled("width", Call.small(), shapes(n -> Conv2dShape.valid(2, 6, n + 3, 1, 32, 3, 3)), 2);
    pooled("threes", Call.small(), shapes(n -> Conv2dShape.valid(1, 7, 8, 2, n, 2, 2)), 3);
    Conv2dShape large = Conv2dShape.valid(4, 28, 28, 1, 32, 3, 3);
    pooled("large", Call.once(), new Conv2dShape[] {large, large}, 2);
  }

  private void pooled(String name, int[] sizes, Conv2dShape[] s, int side) {
    Pool2dShape[] p = new Pool2dShape[s.length];
    for (int n = 1; n < p.length; n++) {
      p[n] =
          Pool2dShape.valid(
              s[n].batch(), s[n].outHeight(), s[n].outWidth(), s[n].filters(), side, side);
    }
    calls.add(
        new Call(
            "conv2d.backwardWeights unpooled " + name,
            sizes,
            k -> {
              TileSource[] dy = unpooled(k, p);
              return n -> k.conv2d().backwardWeights(s[n], x, 1, dy[n], out, 3);
            }));
    calls.add(
        new Call(
            "conv2d.backwardBias unpooled " + name,
            sizes,
            k -> {
              TileSource[] dy = unpooled(k, p);
              return n -> k.conv2d().backwardBias(s[n], dy[n], out, 3);
            }));
  }

  private TileSource[] unpooled(Kernels kernels, Pool2dShape[] p) {
    TileSource[] sources = new TileSource[p.length];
    for (int n = 1; n < p.length; n++) {
      sources[n] = kernels.maxPool2d().unpooled(p[n], y, 2, taps, 0);
    }
    return sources;
  }

  private void pool() {
    pools("channels", n -> Pool2dShape.valid(1, 4, 5, n, 2, 2));
    pools("width", n -> Pool2dShape.valid(2, 4, n + 1, 3, 2, 2));
    pools("overlap", n -> Pool2dShape.same(1, 4, 5, n, 3, 3, 1, 1));
    Pool2dShape large = Pool2dShape.valid(4, 26, 26, 32, 2, 2);
    pools("large", Call.once(), new Pool2dShape[] {large, large});
    Pool2dShape[] shapes = pools(n -> Pool2dShape.valid(1, 4, 6, n, 2, 2));
    small("maxPool2d.forward arrays", k -> n -> k.maxPool2d().forward(shapes[n], x, out));
    small("averagePool2d.forward arrays", k -> n -> k.averagePool2d().forward(shapes[n], x, out));
    small(
        "maxPool2d.tiles",
        k -> {
          TileConsumer[] tiles = new TileConsumer[shapes.length];
          for (int n = 1; n < tiles.length; n++) {
            tiles[n] = k.maxPool2d().tiles(shapes[n], out, 0, taps, 0, NOTHING);
          }
          return n -> tiles[n].accept(x, 1, n, 0, 24, 0, n);
        });
  }

  private static Pool2dShape[] pools(IntFunction<Pool2dShape> shape) {
    Pool2dShape[] shapes = new Pool2dShape[Call.MOST + 1];
    for (int n = 1; n < shapes.length; n++) {
      shapes[n] = shape.apply(n);
    }
    return shapes;
  }

  private void pools(String name, IntFunction<Pool2dShape> shape) {
    pools(name, Call.small(), pools(shape));
  }

  private void pools(String name, int[] sizes, Pool2dShape[] s) {
    int[] winners = new int[ROOM];
    calls.add(
        new Call(
            "maxPool2d.forward " + name,
            sizes,
            k -> n -> k.maxPool2d().forward(s[n], x, 1, out, 2, winners, 0)));
    calls.add(
        new Call(
            "maxPool2d.forward without argmax " + name,
            sizes,
            k -> n -> k.maxPool2d().forward(s[n], x, 1, out, 2, null, 0)));
    calls.add(
        new Call(
            "maxPool2d.backward " + name,
            sizes,
            k -> n -> k.maxPool2d().backward(s[n], y, 1, taps, 0, out, 2)));
    calls.add(
        new Call(
            "averagePool2d.forward " + name,
            sizes,
            k -> n -> k.averagePool2d().forward(s[n], x, 1, out, 2)));
    calls.add(
        new Call(
            "averagePool2d.backward " + name,
            sizes,
            k -> n -> k.averagePool2d().backward(s[n], y, 1, out, 2)));
  }

  private void bias() {
    small(
        "activation.addBias", k -> n -> k.activation().addBias(3, n, x, 1, n, bias, 1, out, 0, n));
    small(
        "activation.addBias tall",
        k -> n -> k.activation().addBias(n, 3, x, 1, 3, bias, 1, out, 0, 4));
    small(
        "activation.addBiasRelu",
        k -> n -> k.activation().addBiasRelu(3, n, x, 1, n, bias, 1, out, 0, n));
    small("activation.addBias arrays", k -> n -> k.activation().addBias(1, n, x, bias, out));
    small(
        "activation.addBiasRelu arrays", k -> n -> k.activation().addBiasRelu(2, n, x, bias, out));
    once(
        "activation.addBiasRelu large",
        k -> n -> k.activation().addBiasRelu(200, 133, x, 1, 133, bias, 1, out, 0, 133));
    consumer("activation.biasTiles", k -> k.activation().biasTiles(bias, 1));
    consumer("activation.biasReluTiles", k -> k.activation().biasReluTiles(bias, 1));
    consumer("activation.reluTiles", k -> k.activation().reluTiles());
    consumer(
        "activation.biasTiles andThen reluTiles",
        k -> k.activation().biasTiles(bias, 1).andThen(k.activation().reluTiles()));
  }

  private void consumer(String name, Function<Kernels, TileConsumer> make) {
    small(
        name,
        k -> {
          TileConsumer consumer = make.apply(k);
          return n -> consumer.accept(tile, 1, n + 1, 3, 5, 2, n);
        });
  }

  private void softmax() {
    small("softmax.softmax", k -> n -> k.softmax().softmax(3, n, x, 1, n, out, 0, n));
    small("softmax.logSoftmax", k -> n -> k.softmax().logSoftmax(3, n, x, 1, n, out, 0, n));
    small(
        "softmax.softmaxGradient",
        k -> n -> k.softmax().softmaxGradient(3, n, x, 1, n, y, 0, n, out, 0, n));
    small(
        "softmax.logSoftmaxGradient",
        k -> n -> k.softmax().logSoftmaxGradient(3, n, x, 1, n, y, 0, n, out, 0, n));
    small("softmax.softmax many", k -> n -> k.softmax().softmax(n, 10, x, 1, 10, out, 0, 10));
    small("softmax.softmax arrays", k -> n -> k.softmax().softmax(3, n, x, out));
    small("softmax.logSoftmax arrays", k -> n -> k.softmax().logSoftmax(3, n, x, out));
    once("softmax.softmax large", k -> n -> k.softmax().softmax(200, 133, x, 1, 133, out, 0, 133));
    once(
        "softmax.softmaxGradient large",
        k -> n -> k.softmax().softmaxGradient(3, 9001, x, 1, 9001, y, 0, 9001, out, 0, 9001));
  }

  private void crossEntropy() {
    small(
        "softmax.crossEntropy labels",
        k -> n -> k.softmax().crossEntropy(5, n, x, 1, n, labels, 0, loss, 0));
    small(
        "softmax.crossEntropy targets",
        k -> n -> k.softmax().crossEntropy(5, n, x, 1, n, targets, 0, n, loss, 0));
    small(
        "softmax.crossEntropyGradient labels",
        k ->
            n ->
                k.softmax()
                    .crossEntropyGradient(5, n, x, 1, n, labels, 0, loss, 0, 0.2f, out, 0, n));
    small(
        "softmax.crossEntropyGradient targets",
        k ->
            n ->
                k.softmax()
                    .crossEntropyGradient(5, n, x, 1, n, targets, 0, n, loss, 0, 0.2f, out, 0, n));
    small(
        "softmax.crossEntropyGradient many",
        k ->
            n ->
                k.softmax()
                    .crossEntropyGradient(n, 10, x, 1, 10, labels, 0, loss, 0, 0.2f, out, 0, 10));
    small("softmax.crossEntropy arrays", k -> n -> k.softmax().crossEntropy(5, n, x, labels, loss));
  }

  private void losses() {
    small(
        "losses.meanSquaredError",
        k -> n -> k.losses().meanSquaredError(3, n, x, 1, n, targets, 0, n, loss, 0));
    small(
        "losses.meanSquaredErrorGradient",
        k ->
            n ->
                k.losses()
                    .meanSquaredErrorGradient(
                        3, n, x, 1, n, targets, 0, n, loss, 0, 0.3f, out, 0, n));
    small(
        "losses.binaryCrossEntropy",
        k -> n -> k.losses().binaryCrossEntropy(3, n, x, 1, n, targets, 0, n, loss, 0));
    small(
        "losses.binaryCrossEntropyGradient",
        k ->
            n ->
                k.losses()
                    .binaryCrossEntropyGradient(
                        3, n, x, 1, n, targets, 0, n, loss, 0, 0.3f, out, 0, n));
    small("losses.weigh", k -> n -> k.losses().weigh(3, n, bias, 0, x, 1, out, 0));
    small("losses.weigh single", k -> n -> k.losses().weigh(n, 1, bias, 0, x, 1, out, 0));
    once(
        "losses.binaryCrossEntropyGradient large",
        k ->
            n ->
                k.losses()
                    .binaryCrossEntropyGradient(
                        2, 20_011, x, 1, 20_011, targets, 0, 20_011, loss, 0, 0.3f, out, 0,
                        20_011));
  }

  private void normalization() {
    small("normalization.forward", k -> n -> normalize(k, 3, n));
    small("normalization.backward", k -> n -> normalizeBack(k, 3, n));
    once("normalization.forward large", k -> n -> normalize(k, 100, 900));
    once("normalization.backward large", k -> n -> normalizeBack(k, 100, 900));
  }

  private void normalize(Kernels kernels, int rows, int n) {
    kernels.normalization().forward(rows, n, x, 1, n, bias, 0, y, 2, 1, out, 3, n, loss, 1);
  }

  private void normalizeBack(Kernels kernels, int rows, int n) {
    kernels
        .normalization()
        .backward(rows, n, x, 1, n, bias, 0, y, 2, y, 2, n, tile, 0, n, out, 3, n);
  }

  private void batchNormalization() {
    small("batchNormalization.forward", k -> n -> batchForward(k, 3, n));
    small("batchNormalization.normalize", k -> n -> batchNormalize(k, 3, n));
    small("batchNormalization.backward", k -> n -> batchBackward(k, 3, n));
    small("batchNormalization.backward tall", k -> n -> batchBackward(k, n, 3));
    once("batchNormalization.forward large", k -> n -> batchForward(k, 130, 900));
    once("batchNormalization.normalize large", k -> n -> batchNormalize(k, 130, 900));
    once("batchNormalization.backward large", k -> n -> batchBackward(k, 130, 900));
    consumer(
        "batchNormalization.tiles",
        k -> k.batchNormalization().tiles(bias, 1, bias, 0, 1, bias, 2, ones, 0));
  }

  private void batchForward(Kernels kernels, int rows, int n) {
    kernels
        .batchNormalization()
        .forward(rows, n, x, 1, n, bias, 0, y, 2, 1, out, 3, n, loss, 1, tile, 0);
  }

  private void batchNormalize(Kernels kernels, int rows, int n) {
    kernels
        .batchNormalization()
        .normalize(rows, n, x, 1, n, bias, 0, y, 2, 1, y, 1, ones, 0, out, 3, n);
  }

  private void batchBackward(Kernels kernels, int rows, int n) {
    kernels
        .batchNormalization()
        .backward(
            rows, n, x, 1, n, bias, 0, 1, y, 1, ones, 0, y, 2, n, out, 3, n, loss, 0, tile, 0);
  }
}
