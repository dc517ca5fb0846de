package dev.lanewise.kernel.pointwise;

import dev.lanewise.kernel.support.SimdMath;

/**
 * One pass over a chunk. A function is a row of passes, each with one loop: exp and log fill a
 * compilation by themselves (see {@link SimdMath}), and a call that has seen many kinds of passes
 * is not inlined.
 */
interface SimdPass {
  /** Runs over a chunk. */
  void run(SimdChunk chunk);

  /** exp of the chunk's t, in place. */
  final class Exp implements SimdPass {
    @Override
    public void run(SimdChunk chunk) {
      SimdMath.exp(chunk.n, chunk.t, 0, chunk.t, 0);
    }
  }

  /** log of the chunk's u, in place. */
  final class Log implements SimdPass {
    @Override
    public void run(SimdChunk chunk) {
      SimdMath.log(chunk.n, chunk.u, 0, chunk.u, 0);
    }
  }

  /** exp of the input, into t. */
  final class ExpOfInput implements SimdPass {
    @Override
    public void run(SimdChunk chunk) {
      SimdMath.exp(chunk.n, chunk.x, chunk.xOffset, chunk.t, 0);
    }
  }

  /** The passes of a function. */
  static SimdPass[] forward(Nonlinearity.Kind kind) {
    return switch (kind) {
      case LEAKY_RELU -> Rows.LEAKY_RELU;
      case ELU -> Rows.ELU;
      case SIGMOID -> Rows.SIGMOID;
      case TANH -> Rows.TANH;
      case SOFTPLUS -> Rows.SOFTPLUS;
      case GELU -> Rows.GELU;
    };
  }

  /** The passes of a function's gradient. */
  static SimdPass[] backward(Nonlinearity.Kind kind) {
    return switch (kind) {
      case LEAKY_RELU -> Rows.LEAKY_RELU_GRADIENT;
      case ELU -> Rows.ELU_GRADIENT;
      case SIGMOID -> Rows.SIGMOID_GRADIENT;
      case TANH -> Rows.TANH_GRADIENT;
      case SOFTPLUS -> Rows.SOFTPLUS_GRADIENT;
      case GELU -> Rows.GELU_GRADIENT;
    };
  }

  /** The rows of passes. */
  final class Rows {
    private static final SimdPass EXP = new Exp();
    private static final SimdPass NEGATIVE = new SimdValuePasses.NegativeAbsolute();
    private static final SimdPass BELL = new SimdValuePasses.HalfSquare();

    private static final SimdPass[] LEAKY_RELU = {new SimdValuePasses.LeakyRelu()};
    private static final SimdPass[] ELU = {new ExpOfInput(), new SimdValuePasses.Elu()};
    private static final SimdPass[] SIGMOID = {NEGATIVE, EXP, new SimdValuePasses.Sigmoid()};
    private static final SimdPass[] TANH = {
      new SimdValuePasses.Twice(), EXP, new SimdValuePasses.Tanh()
    };
    private static final SimdPass[] SOFTPLUS = {
      NEGATIVE, EXP, new SimdValuePasses.OneMore(), new Log(), new SimdValuePasses.Softplus()
    };
    private static final SimdPass[] GELU = {BELL, EXP, new SimdGeluPasses.Value()};

    private static final SimdPass[] LEAKY_RELU_GRADIENT = {new SimdSlopePasses.LeakyRelu()};
    private static final SimdPass[] ELU_GRADIENT = {new SimdSlopePasses.Elu()};
    private static final SimdPass[] SIGMOID_GRADIENT = {new SimdSlopePasses.Sigmoid()};
    private static final SimdPass[] TANH_GRADIENT = {new SimdSlopePasses.Tanh()};
    private static final SimdPass[] SOFTPLUS_GRADIENT = {
      NEGATIVE, EXP, new SimdSlopePasses.Softplus()
    };
    private static final SimdPass[] GELU_GRADIENT = {BELL, EXP, new SimdGeluPasses.Slope()};

    private Rows() {}
  }
}
