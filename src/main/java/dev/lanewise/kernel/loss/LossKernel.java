package dev.lanewise.kernel.loss;

import static dev.lanewise.kernel.loss.LossKernel.Step.*;

import dev.lanewise.kernel.loss.LossCall.Pass;
import dev.lanewise.kernel.parallel.AbstractKernel;
import dev.lanewise.kernel.parallel.Team;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the softmax functions and the other losses share: each is a list of steps over the rows in
 * hand, for which the twins have a loop each.
 */
abstract class LossKernel extends AbstractKernel<LossCall> {
  /** A step of a function; names are those of {@link LossRows}, x is its input. */
  enum Step {
    /** max: the rows' maxima. */
    MAXIMA,
    /** max = +0. */
    ZEROS,
    /** e = −|x|. */
    NEGATIVE,
    /** e = exp(x − max). */
    EXP_OF_DIFFERENCES,
    /** e = exp(e). */
    EXP,
    /** sum = the sums of e. */
    SUMS,
    /** log = log(sum). */
    LOGS,
    /** out = e / sum. */
    DIVIDE,
    /** out = (x − max) − log. */
    SHIFT,
    /** each = log − (x − max) at the labels. */
    LABEL_LOSSES,
    /** out = (e / sum − (1 at the label, else 0)) · scale, flushed. */
    LABEL_GRADIENT,
    /** terms = other == 0 ? +0 : other · (log − (x − max)). */
    TARGET_TERMS,
    /** each = the sums of the terms. */
    TERM_SUMS,
    /** out = (e / sum − other) · scale, flushed. */
    TARGET_GRADIENT,
    /** sum = the dot products of other and x. */
    DOTS,
    /** out = x · (other − sum). */
    DOT_GRADIENT,
    /** sum = the sums of other. */
    GRADIENT_SUMS,
    /** out = fma(−e, sum, other). */
    SUM_GRADIENT,
    /** e = x − other. */
    DIFFERENCES,
    /** sum = the squared norms of e. */
    NORMS,
    /** each = sum / columns. */
    MEANS,
    /** out = e · scale. */
    SCALE,
    /** out = ((x ≥ 0 ? 1 : e) / (1 + e) − other) · scale, flushed. */
    BINARY_GRADIENT,
    /** terms = log(1 + e) + what rounding 1 + e lost. */
    SOFTPLUS,
    /** e = fma(−x, other, x &gt; 0 ? x : +0) + terms. */
    BINARY_TERMS,
    /** out = each · x. */
    WEIGH
  }

  /**
   * A function. Its output may be an input: what reads the input comes before what writes the
   * output.
   */
  enum Kind {
    SOFTMAX(MAXIMA, EXP_OF_DIFFERENCES, SUMS, DIVIDE),
    LOG_SOFTMAX(MAXIMA, EXP_OF_DIFFERENCES, SUMS, LOGS, SHIFT),
    SOFTMAX_GRADIENT(DOTS, DOT_GRADIENT),
    LOG_SOFTMAX_GRADIENT(ZEROS, EXP_OF_DIFFERENCES, GRADIENT_SUMS, SUM_GRADIENT),
    LABEL_LOSS(MAXIMA, EXP_OF_DIFFERENCES, SUMS, LOGS, LABEL_LOSSES),
    LABEL_LOSS_GRADIENT(MAXIMA, EXP_OF_DIFFERENCES, SUMS, LOGS, LABEL_LOSSES, LABEL_GRADIENT),
    TARGET_LOSS(MAXIMA, EXP_OF_DIFFERENCES, SUMS, LOGS, TARGET_TERMS, TERM_SUMS),
    TARGET_LOSS_GRADIENT(
        MAXIMA, EXP_OF_DIFFERENCES, SUMS, LOGS, TARGET_TERMS, TERM_SUMS, TARGET_GRADIENT),
    SQUARED_LOSS(DIFFERENCES, NORMS, MEANS),
    SQUARED_LOSS_GRADIENT(DIFFERENCES, SCALE, NORMS, MEANS),
    BINARY_LOSS(NEGATIVE, EXP, SOFTPLUS, BINARY_TERMS, SUMS, MEANS),
    BINARY_LOSS_GRADIENT(NEGATIVE, EXP, BINARY_GRADIENT, SOFTPLUS, BINARY_TERMS, SUMS, MEANS),
    WEIGHED(WEIGH);

    @SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed
    private final List<Step> steps;

    Kind(Step... steps) {
      this.steps = List.of(steps);
    }
  }

  private final Map<Kind, Pass[]> passes = new EnumMap<>(Kind.class);

  /**
   * Makes a SIMD twin over a team, or a scalar twin without one.
   *
   * @param loops has a loop for each step
   * @param team shares the rows, or null
   */
  LossKernel(Function<Step, Pass> loops, @Nullable Team team) {
    super(() -> new LossCall(granule(team)), team);
    for (Kind kind : Kind.values()) {
      passes.put(kind, kind.steps.stream().map(loops).toArray(Pass[]::new));
    }
  }

  /** Runs a call whose arguments are set. */
  final void run(Kind kind, LossCall call) {
    int rows = call.columns == 0 ? 0 : call.rows;
    call.passes(Objects.requireNonNull(passes.get(kind)));
    run(call, rows, 1, (long) rows * call.columns);
  }
}
