package dev.lanewise.kernel.pointwise;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.parallel.AbstractKernel;
import dev.lanewise.kernel.parallel.Call;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.pointwise.PointwiseCall.Loop;
import dev.lanewise.kernel.support.Check;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Checks the arguments of the four pointwise families, and runs the loop that a twin has. */
abstract class CheckedPointwise extends AbstractKernel<PointwiseCall>
    implements Activation, Nonlinear, Elementwise, Dropout {
  /** What a twin has a loop for. */
  enum Body {
    ADD_BIAS,
    ADD_BIAS_RELU,
    RELU_ROWS,
    RELU,
    RELU_GRADIENT,
    NONLINEARITY,
    NONLINEARITY_GRADIENT,
    SCALE,
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    PRELU,
    AXPY,
    CLIP,
    ONE_HOT,
    BYTES_TO_UNIT,
    DROPOUT
  }

  /** What a nonlinearity costs: as much as some elements of a plain loop. */
  private static final long NONLINEARITY_COST = 4;

  /** A SIMD twin over a team, or a scalar twin without one. */
  CheckedPointwise(@Nullable Team team) {
    super(() -> new PointwiseCall(granule(team)), team);
  }

  /** Returns the loop of a body. */
  abstract Loop loop(Body body);

  @Override
  public final void addBias(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] bias,
      int biasOffset,
      float[] y,
      int yOffset,
      int ldy) {
    PointwiseCall call = matrix(Body.ADD_BIAS, columns, ldx, ldy);
    rows(rows, call.x(x, xOffset).b(bias, biasOffset).y(y, yOffset));
  }

  @Override
  public final void addBiasRelu(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] bias,
      int biasOffset,
      float[] y,
      int yOffset,
      int ldy) {
    PointwiseCall call = matrix(Body.ADD_BIAS_RELU, columns, ldx, ldy);
    rows(rows, call.x(x, xOffset).b(bias, biasOffset).y(y, yOffset));
  }

  @Override
  public final TileConsumer reluTiles() {
    return (tile, offset, ld, row, rows, column, columns) -> {
      Check.matrix("tile", tile, offset, rows, columns, ld);
      PointwiseCall call = matrix(Body.RELU_ROWS, columns, ld, ld);
      run(call.x(tile, offset).y(tile, offset), rows, 1, (long) rows * columns);
    };
  }

  @Override
  public final void relu(int n, float[] x, int xOffset, float[] y, int yOffset) {
    one(n, call(Body.RELU).x(x, xOffset).y(y, yOffset));
  }

  @Override
  public final void backwardScaledRelu(
      int n,
      float scale,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      float[] dx,
      int dxOffset) {
    PointwiseCall call = call(Body.RELU_GRADIENT).numbers(scale, 0);
    checkTwo(n, call.x(y, yOffset).b(dy, dyOffset).y(dx, dxOffset), "y", "dy", "dx");
    run(call, n, Call.ELEMENTS, n);
  }

  @Override
  public final void apply(
      Nonlinearity function, int n, float[] x, int xOffset, float[] y, int yOffset) {
    Check.given("function", function);
    PointwiseCall call = call(Body.NONLINEARITY).function(function);
    checkOne(n, call.x(x, xOffset).y(y, yOffset));
    run(call, n, Call.ELEMENTS, NONLINEARITY_COST * n);
  }

  @Override
  public final void backward(
      Nonlinearity function,
      int n,
      float[] saved,
      int savedOffset,
      float[] dy,
      int dyOffset,
      float[] dx,
      int dxOffset) {
    Check.given("function", function);
    PointwiseCall call = call(Body.NONLINEARITY_GRADIENT).function(function);
    checkTwo(n, call.x(saved, savedOffset).b(dy, dyOffset).y(dx, dxOffset), "saved", "dy", "dx");
    run(call, n, Call.ELEMENTS, NONLINEARITY_COST * n);
  }

  @Override
  public final void scale(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
    one(n, call(Body.SCALE).numbers(alpha, 0).x(x, xOffset).y(y, yOffset));
  }

  @Override
  public final void add(
      int n, float[] a, int aOffset, float[] b, int bOffset, float[] c, int cOffset) {
    PointwiseCall call = call(Body.ADD).x(a, aOffset).b(b, bOffset).y(c, cOffset);
    checkTwo(n, call, "a", "b", "c");
    run(call, n, Call.ELEMENTS, n);
  }

  @Override
  public final void combine(
      Arithmetic how,
      int n,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] c,
      int cOffset) {
    Check.given("how", how);
    Body body =
        switch (how) {
          case SUBTRACT -> Body.SUBTRACT;
          case MULTIPLY -> Body.MULTIPLY;
          case DIVIDE -> Body.DIVIDE;
          case PRELU -> Body.PRELU;
        };
    PointwiseCall call = call(body).x(a, aOffset).b(b, bOffset).y(c, cOffset);
    checkTwo(n, call, "a", "b", "c");
    run(call, n, Call.ELEMENTS, n);
  }

  @Override
  public final void axpy(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
    PointwiseCall call = call(Body.AXPY).numbers(alpha, 0);
    one(n, call.x(x, xOffset).b(y, yOffset).y(y, yOffset));
  }

  @Override
  public final void clip(
      int n, float low, float high, float[] x, int xOffset, float[] y, int yOffset) {
    PointwiseCall call = call(Body.CLIP).numbers(low, high).x(x, xOffset).y(y, yOffset);
    checkOne(n, call);
    if (!(low <= high)) {
      throw new IllegalArgumentException(
          "low is " + low + " and high " + high + ", but low must be at most high");
    }
    run(call, n, Call.ELEMENTS, n);
  }

  @Override
  public final void oneHot(
      int n, int classes, int[] labels, int labelsOffset, float[] y, int yOffset) {
    checkLabels(n, classes, labels, labelsOffset, y, yOffset);
    PointwiseCall call = matrix(Body.ONE_HOT, classes, 1, classes).y(y, yOffset);
    call.labels = labels;
    call.xo = labelsOffset;
    run(call, n, 1, (long) n * classes);
  }

  @Override
  public final void bytesToUnit(int n, byte[] x, int xOffset, float[] y, int yOffset) {
    Check.atLeast("n", n, 0);
    Check.range("x", x, xOffset, n);
    Check.range("y", y, yOffset, n);
    PointwiseCall call = call(Body.BYTES_TO_UNIT).y(y, yOffset);
    call.bytes = x;
    call.xo = xOffset;
    run(call, n, Call.ELEMENTS, n);
  }

  @Override
  public final void apply(
      int n,
      double rate,
      long key,
      int firstIndex,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset) {
    checkDropout(n, rate, firstIndex);
    PointwiseCall call = call(Body.DROPOUT).x(x, xOffset).y(y, yOffset);
    checkOne(n, call);
    if (rate == 0) {
      System.arraycopy(x, xOffset, y, yOffset, n);
      give(call);
    } else if (rate == 1) { // the threshold is 2^32, which no int holds
      Arrays.fill(y, yOffset, yOffset + n, 0f);
      give(call);
    } else {
      int threshold = (int) (long) (rate * 0x1p32);
      run(
          call.numbers(Dropout.scale(rate), 0).random(key, firstIndex, threshold),
          n,
          Call.ELEMENTS,
          n);
    }
  }

  private PointwiseCall call(Body body) {
    return take().on(loop(body));
  }

  private PointwiseCall matrix(Body body, int columns, int ldx, int ldy) {
    return call(body).rows(columns, ldx, ldy);
  }

  /** Checks and runs a loop over one vector. */
  private void one(int n, PointwiseCall c) {
    checkOne(n, c);
    run(c, n, Call.ELEMENTS, n);
  }

  /** Checks and runs a loop over a matrix with a bias. */
  private void rows(int rows, PointwiseCall c) {
    Check.atLeast("rows", rows, 0);
    Check.atLeast("columns", c.columns, 0);
    Check.matrix("x", c.x, c.xo, rows, c.columns, c.ldx);
    Check.range("bias", c.b, c.bo, c.columns);
    Check.matrix("y", c.y, c.yo, rows, c.columns, c.ldy);
    long span = Check.span(rows, c.columns, c.ldy);
    if (c.xo != c.yo || c.ldx != c.ldy) {
      Check.disjoint("y", c.y, c.yo, span, "x", c.x, c.xo, Check.span(rows, c.columns, c.ldx));
    }
    Check.disjoint("y", c.y, c.yo, span, "bias", c.b, c.bo, c.columns);
    run(c, rows, 1, (long) rows * c.columns);
  }

  private static void checkOne(int n, PointwiseCall c) {
    Check.atLeast("n", n, 0);
    Check.range("x", c.x, c.xo, n);
    Check.range("y", c.y, c.yo, n);
    Check.sameOrDisjoint("y", c.y, c.yo, "x", c.x, c.xo, n);
  }

  private static void checkTwo(int n, PointwiseCall c, String x, String b, String y) {
    Check.atLeast("n", n, 0);
    Check.range(x, c.x, c.xo, n);
    Check.range(b, c.b, c.bo, n);
    Check.range(y, c.y, c.yo, n);
    Check.sameOrDisjoint(y, c.y, c.yo, x, c.x, c.xo, n);
    Check.sameOrDisjoint(y, c.y, c.yo, b, c.b, c.bo, n);
  }

  private static void checkLabels(
      int n, int classes, int[] labels, int labelsOffset, float[] y, int yOffset) {
    Check.atLeast("n", n, 0);
    Check.atLeast("classes", classes, 1);
    Check.range("labels", labels, labelsOffset, n);
    Check.range("y", y, yOffset, (long) n * classes);
    for (int i = 0; i < n; i++) {
      int label = labels[labelsOffset + i];
      if (label < 0 || label >= classes) {
        throw new IllegalArgumentException(
            "label " + i + " is " + label + ", but must be from 0 to " + (classes - 1));
      }
    }
  }

  private static void checkDropout(int n, double rate, int firstIndex) {
    Check.atLeast("n", n, 0);
    Check.within("rate", rate, 0, 1);
    Check.atLeast("firstIndex", firstIndex, 0);
    if ((long) firstIndex + n > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "firstIndex is %s and n is %s, but their sum must be at most %s"
              .formatted(firstIndex, n, Integer.MAX_VALUE));
    }
  }
}
