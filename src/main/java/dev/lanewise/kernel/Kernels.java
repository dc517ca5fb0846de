package dev.lanewise.kernel;

import dev.lanewise.kernel.conv2d.Conv2d;
import dev.lanewise.kernel.conv2d.ScalarConv2d;
import dev.lanewise.kernel.conv2d.SimdConv2d;
import dev.lanewise.kernel.loss.BatchNormalization;
import dev.lanewise.kernel.loss.Losses;
import dev.lanewise.kernel.loss.Normalization;
import dev.lanewise.kernel.loss.ScalarBatchNormalization;
import dev.lanewise.kernel.loss.ScalarLosses;
import dev.lanewise.kernel.loss.ScalarNormalization;
import dev.lanewise.kernel.loss.ScalarSoftmax;
import dev.lanewise.kernel.loss.SimdBatchNormalization;
import dev.lanewise.kernel.loss.SimdLosses;
import dev.lanewise.kernel.loss.SimdNormalization;
import dev.lanewise.kernel.loss.SimdSoftmax;
import dev.lanewise.kernel.loss.Softmax;
import dev.lanewise.kernel.matmul.Matmul;
import dev.lanewise.kernel.matmul.ScalarMatmul;
import dev.lanewise.kernel.matmul.SimdMatmul;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.pointwise.Activation;
import dev.lanewise.kernel.pointwise.Dropout;
import dev.lanewise.kernel.pointwise.Elementwise;
import dev.lanewise.kernel.pointwise.Nonlinear;
import dev.lanewise.kernel.pointwise.ScalarPointwise;
import dev.lanewise.kernel.pointwise.SimdPointwise;
import dev.lanewise.kernel.pool.AveragePool2d;
import dev.lanewise.kernel.pool.MaxPool2d;
import dev.lanewise.kernel.pool.ScalarAveragePool2d;
import dev.lanewise.kernel.pool.ScalarMaxPool2d;
import dev.lanewise.kernel.pool.SimdAveragePool2d;
import dev.lanewise.kernel.pool.SimdMaxPool2d;
import dev.lanewise.kernel.reduce.Blas;
import dev.lanewise.kernel.reduce.Reduce;
import dev.lanewise.kernel.reduce.ScalarBlas;
import dev.lanewise.kernel.reduce.ScalarReduce;
import dev.lanewise.kernel.reduce.SimdBlas;
import dev.lanewise.kernel.reduce.SimdReduce;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.kernel.update.ScalarUpdate;
import dev.lanewise.kernel.update.SimdUpdate;
import dev.lanewise.kernel.update.Update;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One twin of every kernel family: what a program computes with, passed on explicitly, and the one
 * place to begin.
 *
 * <pre>{@code
 * try (Team team = Team.ofProcessors()) {
 *   Kernels kernels = Kernels.best(team);
 *   kernels.matmul().multiply(m, n, k, a, b, c); // C = A·B
 *   kernels.blas().gemv(m, n, a, x, y); // y = A·x
 *   float dot = kernels.blas().dot(x, y);
 * }
 * }</pre>
 *
 * <p><b>float32.</b> All numbers are {@code float}s in {@code float[]} arrays, row-major, images
 * channels last. There is neither double nor half precision. Most methods come in two forms: whole
 * arrays without gaps, and the full form with offsets and leading dimensions.
 *
 * <p><b>Null.</b> An argument that is null, where nothing says that it may be, is refused by a
 * {@link NullPointerException} whose message names it, before anything is written.
 *
 * <p><b>Threads.</b> A set of kernels may be used by any number of threads at a time; what they
 * write must not overlap. A large call is divided among the team, and a second one that comes
 * meanwhile waits for it; a small one runs on its caller. {@code Team.of(1)} never uses another
 * thread. The result's bits depend neither on the team nor on who calls.
 *
 * <p><b>Warm-up.</b> The first calls are slow: the VM interprets the Vector API, a hundred times
 * slower than machine code, until it has compiled a kernel, after some thousand calls or loop
 * iterations (seconds for a program that calls one after the other). Measure after that, and keep
 * the kernels and the team instead of making new ones. Memory for packing is allocated by first
 * calls and kept.
 *
 * @param matmul matrix products
 * @param conv2d convolutions
 * @param maxPool2d max-pooling
 * @param activation bias and ReLU
 * @param softmax softmax and cross-entropy
 * @param dropout dropout
 * @param update optimizer updates
 * @param reduce reductions
 * @param elementwise element by element operations
 * @param averagePool2d average-pooling
 * @param nonlinear activation functions beyond ReLU
 * @param losses mean squared error and binary cross-entropy
 * @param normalization layer normalization
 * @param batchNormalization batch normalization
 * @param blas dot, axpy, gemv and their kin: BLAS's levels 1 and 2
 */
public record Kernels(
    Matmul matmul,
    Conv2d conv2d,
    MaxPool2d maxPool2d,
    Activation activation,
    Softmax softmax,
    Dropout dropout,
    Update update,
    Reduce reduce,
    Elementwise elementwise,
    AveragePool2d averagePool2d,
    Nonlinear nonlinear,
    Losses losses,
    Normalization normalization,
    BatchNormalization batchNormalization,
    Blas blas)
    implements Kernel {

  /**
   * Checks that the families belong together.
   *
   * @throws IllegalArgumentException if two of them differ in the width of their vectors or in the
   *     number of their threads: one sentence that names the two
   */
  public Kernels {
    agree(matmul, "conv2d", conv2d);
    agree(matmul, "maxPool2d", maxPool2d);
    agree(matmul, "activation", activation);
    agree(matmul, "softmax", softmax);
    agree(matmul, "dropout", dropout);
    agree(matmul, "update", update);
    agree(matmul, "reduce", reduce);
    agree(matmul, "elementwise", elementwise);
    agree(matmul, "averagePool2d", averagePool2d);
    agree(matmul, "nonlinear", nonlinear);
    agree(matmul, "losses", losses);
    agree(matmul, "normalization", normalization);
    agree(matmul, "batchNormalization", batchNormalization);
    agree(matmul, "blas", blas);
  }

  private static void agree(Kernel matmul, String name, Kernel family) {
    Check.given("matmul", matmul);
    Check.given(name, family);
    if (family.vectorBits() != matmul.vectorBits() || family.threads() != matmul.threads()) {
      throw new IllegalArgumentException(
          name + " has " + size(family) + ", but matmul has " + size(matmul));
    }
  }

  private static String size(Kernel family) {
    return "vectors of " + family.vectorBits() + " bits and " + family.threads() + " thread(s)";
  }

  /**
   * Returns the scalar twins: they define every result, on one thread.
   *
   * @return new scalar twins
   */
  public static Kernels scalar() {
    return twins(null);
  }

  /**
   * Returns the SIMD twins, which divide their work among a team.
   *
   * @param team the team, which the caller closes when the kernels are no longer used
   * @return new SIMD twins
   * @throws IllegalStateException if this VM should not run them: one sentence that says why
   */
  public static Kernels simd(Team team) {
    KernelChoice choice = KernelChoice.now();
    if (!choice.simd()) {
      throw new IllegalStateException("SIMD kernels were asked for, but " + choice.reason());
    }
    return of(choice, team);
  }

  /**
   * Returns the twins of a choice, whatever {@link KernelChoice#now} says of this VM.
   *
   * @param choice SIMD or scalar twins
   * @param team the team that SIMD twins divide their work among
   * @return new twins
   * @throws IllegalStateException if {@code lanewise.vectorBits} asks for a width that cannot be
   *     had
   */
  public static Kernels of(KernelChoice choice, Team team) {
    if (!choice.simd()) {
      return scalar();
    }
    return twins(team);
  }

  /**
   * The SIMD twin of each family over a team, or without one the scalar twin: the one place that
   * lists them. A reference to a SIMD twin's constructor would link its class, which a VM without
   * the Vector API cannot.
   */
  private static Kernels twins(@Nullable Team team) {
    Activation pointwise =
        twin(Activation.class, team, ScalarPointwise::new, t -> new SimdPointwise(t));
    return new Kernels(
        twin(Matmul.class, team, ScalarMatmul::new, t -> new SimdMatmul(t)),
        twin(Conv2d.class, team, ScalarConv2d::new, t -> new SimdConv2d(t)),
        twin(MaxPool2d.class, team, ScalarMaxPool2d::new, t -> new SimdMaxPool2d(t)),
        pointwise,
        twin(Softmax.class, team, ScalarSoftmax::new, t -> new SimdSoftmax(t)),
        (Dropout) pointwise, // one twin serves four families
        twin(Update.class, team, ScalarUpdate::new, t -> new SimdUpdate(t)),
        twin(Reduce.class, team, ScalarReduce::new, t -> new SimdReduce(t)),
        (Elementwise) pointwise,
        twin(AveragePool2d.class, team, ScalarAveragePool2d::new, t -> new SimdAveragePool2d(t)),
        (Nonlinear) pointwise,
        twin(Losses.class, team, ScalarLosses::new, t -> new SimdLosses(t)),
        twin(Normalization.class, team, ScalarNormalization::new, t -> new SimdNormalization(t)),
        twin(
            BatchNormalization.class,
            team,
            ScalarBatchNormalization::new,
            t -> new SimdBatchNormalization(t)),
        twin(Blas.class, team, ScalarBlas::new, t -> new SimdBlas(t)));
  }

  private static <K> K twin(
      Class<K> contract,
      @Nullable Team team,
      Supplier<? extends K> scalar,
      Function<Team, ? extends K> simd) {
    return contract.cast(team == null ? scalar.get() : simd.apply(team));
  }

  /**
   * Returns the SIMD twins where this VM should run them, else the scalar twins, after a warning
   * through {@link System.Logger} that says why.
   *
   * @param team the team that SIMD twins divide their work among
   * @return new twins
   * @throws IllegalStateException if {@code lanewise.vectorBits} asks for a width that cannot be
   *     had
   */
  public static Kernels best(Team team) {
    KernelChoice choice = KernelChoice.now();
    if (!choice.simd()) {
      System.getLogger("dev.lanewise").log(System.Logger.Level.WARNING, choice.fallback());
    }
    return of(choice, team);
  }

  /** The width of the matrix product's vectors: all families of one set agree. */
  @Override
  public int vectorBits() {
    return matmul.vectorBits();
  }

  /** The number of threads of the matrix product: all families of one set agree. */
  @Override
  public int threads() {
    return matmul.threads();
  }

  /** Which twins, and on what: "SIMD kernels with vectors of 256 bits on 2 threads". */
  @Override
  public String toString() {
    String twins =
        vectorBits() == 0
            ? "scalar kernels"
            : "SIMD kernels with vectors of " + vectorBits() + " bits";
    return twins + " on " + threads() + (threads() == 1 ? " thread" : " threads");
  }
}
