package dev.lanewise.kernel.loss;

import static dev.lanewise.kernel.loss.Softmax.FLUSH_GRADIENT;
import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.loss.LossCall.Pass;
import dev.lanewise.kernel.loss.LossKernel.Step;
import dev.lanewise.kernel.support.SimdBlocks;
import dev.lanewise.kernel.support.SimdMath;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** A loop over whole vectors for each step, see {@link LossRows}. */
final class SimdLoops {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  /** Columns from which on exp is called for each row. */
  private static final int WIDE = 16 * LANES;

  private SimdLoops() {}

  /** Returns a step's loop. */
  static Pass of(Step step) {
    return switch (step) {
      case MAXIMA -> SimdLoops::maxima;
      case ZEROS -> LossRows::zeros;
      case NEGATIVE -> SimdLoops::negative;
      case EXP_OF_DIFFERENCES ->
          r -> {
            if (r.columns < WIDE) {
              subtract(r);
              exp(r);
            } else {
              expOfRows(r);
            }
          };
      case EXP -> SimdLoops::exp;
      case SUMS -> SimdLoops::sums;
      case LOGS -> SimdLoops::logs;
      case DIVIDE -> SimdLoops::divide;
      case SHIFT -> SimdLoops::shift;
      case LABEL_LOSSES -> LossRows::labelLosses;
      case LABEL_GRADIENT -> SimdLoops::labelGradient;
      case TARGET_TERMS -> SimdLoops::targetTerms;
      case TERM_SUMS -> SimdLoops::termSums;
      case TARGET_GRADIENT -> SimdLoops::targetGradient;
      case DOTS -> SimdLoops::dots;
      case DOT_GRADIENT -> SimdLoops::dotGradient;
      case GRADIENT_SUMS -> SimdLoops::gradientSums;
      case SUM_GRADIENT -> SimdLoops::sumGradient;
      case DIFFERENCES -> SimdLoops::differences;
      case NORMS -> SimdLoops::norms;
      case MEANS -> LossRows::means;
      case SCALE -> SimdLoops::scale;
      case BINARY_GRADIENT -> SimdLoops::binaryGradient;
      case SOFTPLUS -> SimdLoops::softplus;
      case BINARY_TERMS -> SimdLoops::binaryTerms;
      case WEIGH -> SimdLoops::weigh;
    };
  }

  private static void maxima(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      r.max[i] = SimdBlocks.max(r.columns, r.in.array, r.in.row(i));
    }
  }

  private static void subtract(LossRows r) {
    for (int s = 0; s < r.strips; s++) {
      int i = r.rowOf(s);
      int to = r.to(s);
      int x = r.in.row(i);
      int e = r.e.row(i);
      FloatVector max = FloatVector.broadcast(S, r.max[i]);
      for (int j = r.from(s); j < to; j += LANES) {
        load(r.in.array, x + j).sub(max).intoArray(r.e.array, e + j);
      }
    }
  }

  private static void negative(LossRows r) {
    for (int s = 0; s < r.strips; s++) {
      int i = r.rowOf(s);
      int to = r.to(s);
      int x = r.in.row(i);
      int e = r.e.row(i);
      for (int j = r.from(s); j < to; j += LANES) {
        load(r.in.array, x + j).abs().neg().intoArray(r.e.array, e + j);
      }
    }
  }

  /** A row after the other. */
  private static void expOfRows(LossRows r) {
    for (int s = 0; s < r.strips; s++) {
      int i = r.rowOf(s);
      int from = r.from(s);
      int n = VectorWidth.roundedUp(r.to(s) - from);
      SimdMath.exp(n, r.in.array, r.in.row(i) + from, r.max[i], r.e.array, r.e.row(i) + from);
    }
  }

  /** Over all rows at once, and over what stands between them. */
  private static void exp(LossRows r) {
    SimdMath.exp(r.m * r.e.ld, r.e.array, 0, r.e.array, 0);
  }

  private static void sums(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      r.sum[i] = SimdBlocks.sum(r.columns, r.e.array, r.e.row(i), r.lanes);
    }
  }

  private static void logs(LossRows r) {
    SimdMath.log(r.m, r.sum, 0, r.log, 0);
  }

  private static void divide(LossRows r) {
    for (int s = 0; s < r.strips; s++) {
      int i = r.rowOf(s);
      int to = r.to(s);
      int e = r.e.row(i);
      int y = r.out.row(i);
      FloatVector sum = FloatVector.broadcast(S, r.sum[i]);
      for (int j = r.from(s); j < to; j += LANES) {
        load(r.e.array, e + j).div(sum).intoArray(r.out.array, y + j);
      }
    }
  }

  private static void shift(LossRows r) {
    for (int s = 0; s < r.strips; s++) {
      int i = r.rowOf(s);
      int to = r.to(s);
      int x = r.in.row(i);
      int y = r.out.row(i);
      FloatVector max = FloatVector.broadcast(S, r.max[i]);
      FloatVector log = FloatVector.broadcast(S, r.log[i]);
      for (int j = r.from(s); j < to; j += LANES) {
        load(r.in.array, x + j).sub(max).sub(log).intoArray(r.out.array, y + j);
      }
    }
  }

  /** First as if all targets were 0. */
  private static void labelGradient(LossRows r) {
    for (int s = 0; s < r.strips; s++) {
      int i = r.rowOf(s);
      int to = r.to(s);
      int e = r.e.row(i);
      int dx = r.out.row(i);
      FloatVector sum = FloatVector.broadcast(S, r.sum[i]);
      for (int j = r.from(s); j < to; j += LANES) {
        FloatVector d = load(r.e.array, e + j).div(sum).mul(r.scale);
        d.blend(0f, d.abs().lt(FLUSH_GRADIENT)).intoArray(r.out.array, dx + j);
      }
    }
    for (int i = 0; i < r.m; i++) {
      int label = r.label(i);
      float p = r.e.get(i, label) / r.sum[i];
      r.out.set(i, label, LossRows.flush((p - 1f) * r.scale));
    }
  }

  private static void targetTerms(LossRows r) {
    r.withTerms();
    float[] terms = r.terms.array;
    for (int s = 0; s < r.strips; s++) {
      int i = r.rowOf(s);
      int to = r.to(s);
      int x = r.in.row(i);
      int t = r.other.row(i);
      int term = r.terms.row(i);
      FloatVector max = FloatVector.broadcast(S, r.max[i]);
      FloatVector log = FloatVector.broadcast(S, r.log[i]);
      for (int j = r.from(s); j < to; j += LANES) {
        FloatVector target = load(r.other.array, t + j);
        FloatVector loss = target.mul(log.sub(load(r.in.array, x + j).sub(max)));
        loss.blend(0f, target.eq(0f)).intoArray(terms, term + j);
      }
    }
  }

  private static void termSums(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      float sum = SimdBlocks.sum(r.columns, r.terms.array, r.terms.row(i), r.lanes);
      r.each.set(i, 0, sum);
    }
  }

  private static void targetGradient(LossRows r) {
    for (int s = 0; s < r.strips; s++) {
      int i = r.rowOf(s);
      int to = r.to(s);
      int e = r.e.row(i);
      int t = r.other.row(i);
      int dx = r.out.row(i);
      FloatVector sum = FloatVector.broadcast(S, r.sum[i]);
      for (int j = r.from(s); j < to; j += LANES) {
        FloatVector p = load(r.e.array, e + j).div(sum);
        FloatVector d = p.sub(load(r.other.array, t + j)).mul(r.scale);
        d.blend(0f, d.abs().lt(FLUSH_GRADIENT)).intoArray(r.out.array, dx + j);
      }
    }
  }

  private static void dots(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      int dy = r.other.row(i);
      int y = r.in.row(i);
      r.sum[i] = SimdBlocks.dot(r.columns, r.other.array, dy, r.in.array, y, r.lanes);
    }
  }

  private static void dotGradient(LossRows r) {
    for (int s = 0; s < r.strips; s++) {
      int i = r.rowOf(s);
      int to = r.to(s);
      int y = r.in.row(i);
      int dy = r.other.row(i);
      int dx = r.out.row(i);
      FloatVector dot = FloatVector.broadcast(S, r.sum[i]);
      for (int j = r.from(s); j < to; j += LANES) {
        FloatVector difference = load(r.other.array, dy + j).sub(dot);
        load(r.in.array, y + j).mul(difference).intoArray(r.out.array, dx + j);
      }
    }
  }

  private static void gradientSums(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      r.sum[i] = SimdBlocks.sum(r.columns, r.other.array, r.other.row(i), r.lanes);
    }
  }

  private static void sumGradient(LossRows r) {
    for (int s = 0; s < r.strips; s++) {
      int i = r.rowOf(s);
      int to = r.to(s);
      int e = r.e.row(i);
      int dy = r.other.row(i);
      int dx = r.out.row(i);
      FloatVector sum = FloatVector.broadcast(S, r.sum[i]);
      for (int j = r.from(s); j < to; j += LANES) {
        FloatVector p = load(r.e.array, e + j);
        p.neg().fma(sum, load(r.other.array, dy + j)).intoArray(r.out.array, dx + j);
      }
    }
  }

  private static void differences(LossRows r) {
    for (int s = 0; s < r.strips; s++) {
      int i = r.rowOf(s);
      int to = r.to(s);
      int x = r.in.row(i);
      int t = r.other.row(i);
      int e = r.e.row(i);
      for (int j = r.from(s); j < to; j += LANES) {
        load(r.in.array, x + j).sub(load(r.other.array, t + j)).intoArray(r.e.array, e + j);
      }
    }
  }

  private static void norms(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      int e = r.e.row(i);
      r.sum[i] = SimdBlocks.dot(r.columns, r.e.array, e, r.e.array, e, r.lanes);
    }
  }

  private static void scale(LossRows r) {
    for (int s = 0; s < r.strips; s++) {
      int i = r.rowOf(s);
      int to = r.to(s);
      int e = r.e.row(i);
      int dx = r.out.row(i);
      for (int j = r.from(s); j < to; j += LANES) {
        load(r.e.array, e + j).mul(r.scale).intoArray(r.out.array, dx + j);
      }
    }
  }

  private static void binaryGradient(LossRows r) {
    for (int s = 0; s < r.strips; s++) {
      int i = r.rowOf(s);
      int to = r.to(s);
      int x = r.in.row(i);
      int t = r.other.row(i);
      int e = r.e.row(i);
      int dx = r.out.row(i);
      for (int j = r.from(s); j < to; j += LANES) {
        FloatVector below = load(r.e.array, e + j);
        FloatVector logit = load(r.in.array, x + j);
        FloatVector above = below.blend(1f, logit.compare(VectorOperators.GE, 0f));
        FloatVector p = above.div(below.add(1f));
        FloatVector d = p.sub(load(r.other.array, t + j)).mul(r.scale);
        d.blend(0f, d.abs().lt(FLUSH_GRADIENT)).intoArray(r.out.array, dx + j);
      }
    }
  }

  /** Over all rows at once, and over what stands between them. */
  private static void softplus(LossRows r) {
    r.withTerms();
    float[] terms = r.terms.array;
    int n = r.m * r.e.ld;
    for (int j = 0; j < n; j += LANES) {
      load(r.e.array, j).add(1f).intoArray(terms, j);
    }
    SimdMath.log(n, terms, 0, terms, 0);
    for (int j = 0; j < n; j += LANES) {
      FloatVector e = load(r.e.array, j);
      FloatVector u = e.add(1f);
      load(terms, j).add(e.sub(u.sub(1f)).div(u)).intoArray(terms, j);
    }
  }

  private static void binaryTerms(LossRows r) {
    r.withTerms();
    float[] terms = r.terms.array;
    for (int s = 0; s < r.strips; s++) {
      int i = r.rowOf(s);
      int to = r.to(s);
      int x = r.in.row(i);
      int t = r.other.row(i);
      int e = r.e.row(i);
      for (int j = r.from(s); j < to; j += LANES) {
        FloatVector logit = load(r.in.array, x + j);
        FloatVector above = FloatVector.zero(S).blend(logit, logit.compare(VectorOperators.GT, 0f));
        FloatVector linear = logit.neg().fma(load(r.other.array, t + j), above);
        linear.add(load(terms, e + j)).intoArray(r.e.array, e + j);
      }
    }
  }

  private static void weigh(LossRows r) {
    for (int s = 0; s < r.strips; s++) {
      int i = r.rowOf(s);
      int to = r.to(s);
      int x = r.in.row(i);
      int y = r.out.row(i);
      FloatVector weight = FloatVector.broadcast(S, r.each.get(i, 0));
      for (int j = r.from(s); j < to; j += LANES) {
        load(r.in.array, x + j).mul(weight).intoArray(r.out.array, y + j);
      }
    }
  }

  private static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(S, array, at);
  }
}
