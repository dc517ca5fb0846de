package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.loss.LossCall.Pass;
import dev.lanewise.kernel.loss.LossKernel.Step;
import dev.lanewise.kernel.math.ExpLog;
import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.support.ScalarBlocks;

/** A plain loop for each step: the definition of every loss. */
final class ScalarLoops {
  private ScalarLoops() {}

  /** Returns a step's loop. */
  static Pass of(Step step) {
    return switch (step) {
      case MAXIMA -> ScalarLoops::maxima;
      case ZEROS -> LossRows::zeros;
      case NEGATIVE -> ScalarLoops::negative;
      case EXP_OF_DIFFERENCES -> ScalarLoops::expOfDifferences;
      case EXP -> ScalarLoops::exp;
      case SUMS -> ScalarLoops::sums;
      case LOGS -> ScalarLoops::logs;
      case DIVIDE -> ScalarLoops::divide;
      case SHIFT -> ScalarLoops::shift;
      case LABEL_LOSSES -> LossRows::labelLosses;
      case LABEL_GRADIENT -> ScalarLoops::labelGradient;
      case TARGET_TERMS -> ScalarLoops::targetTerms;
      case TERM_SUMS -> ScalarLoops::termSums;
      case TARGET_GRADIENT -> ScalarLoops::targetGradient;
      case DOTS -> ScalarLoops::dots;
      case DOT_GRADIENT -> ScalarLoops::dotGradient;
      case GRADIENT_SUMS -> ScalarLoops::gradientSums;
      case SUM_GRADIENT -> ScalarLoops::sumGradient;
      case DIFFERENCES -> ScalarLoops::differences;
      case NORMS -> ScalarLoops::norms;
      case MEANS -> LossRows::means;
      case SCALE -> ScalarLoops::scale;
      case BINARY_GRADIENT -> ScalarLoops::binaryGradient;
      case SOFTPLUS -> ScalarLoops::softplus;
      case BINARY_TERMS -> ScalarLoops::binaryTerms;
      case WEIGH -> ScalarLoops::weigh;
    };
  }

  private static void maxima(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      r.max[i] = ScalarBlocks.max(r.columns, r.in.array, r.in.row(i));
    }
  }

  private static void negative(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      for (int j = 0; j < r.columns; j++) {
        r.e.set(i, j, -Math.abs(r.in.get(i, j)));
      }
    }
  }

  private static void expOfDifferences(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      for (int j = 0; j < r.columns; j++) {
        r.e.set(i, j, ExpLog.exp(r.in.get(i, j) - r.max[i]));
      }
    }
  }

  private static void exp(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      for (int j = 0; j < r.columns; j++) {
        r.e.set(i, j, ExpLog.exp(r.e.get(i, j)));
      }
    }
  }

  private static void sums(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      r.sum[i] = ScalarBlocks.sum(r.columns, r.e.array, r.e.row(i), r.lanes);
    }
  }

  private static void logs(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      r.log[i] = ExpLog.log(r.sum[i]);
    }
  }

  private static void divide(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      for (int j = 0; j < r.columns; j++) {
        r.out.set(i, j, r.e.get(i, j) / r.sum[i]);
      }
    }
  }

  private static void shift(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      for (int j = 0; j < r.columns; j++) {
        r.out.set(i, j, (r.in.get(i, j) - r.max[i]) - r.log[i]);
      }
    }
  }

  private static void labelGradient(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      for (int j = 0; j < r.columns; j++) {
        float target = j == r.label(i) ? 1f : 0f;
        r.out.set(i, j, LossRows.flush((r.e.get(i, j) / r.sum[i] - target) * r.scale));
      }
    }
  }

  private static void targetTerms(LossRows r) {
    r.withTerms();
    for (int i = 0; i < r.m; i++) {
      for (int j = 0; j < r.columns; j++) {
        float target = r.other.get(i, j);
        float loss = r.log[i] - (r.in.get(i, j) - r.max[i]);
        r.terms.set(i, j, target == 0 ? 0f : target * loss);
      }
    }
  }

  private static void termSums(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      float sum = ScalarBlocks.sum(r.columns, r.terms.array, r.terms.row(i), r.lanes);
      r.each.set(i, 0, sum);
    }
  }

  private static void targetGradient(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      for (int j = 0; j < r.columns; j++) {
        float difference = r.e.get(i, j) / r.sum[i] - r.other.get(i, j);
        r.out.set(i, j, LossRows.flush(difference * r.scale));
      }
    }
  }

  private static void dots(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      int dy = r.other.row(i);
      int y = r.in.row(i);
      r.sum[i] = ScalarBlocks.dot(r.columns, r.other.array, dy, r.in.array, y, r.lanes);
    }
  }

  private static void dotGradient(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      for (int j = 0; j < r.columns; j++) {
        r.out.set(i, j, r.in.get(i, j) * (r.other.get(i, j) - r.sum[i]));
      }
    }
  }

  private static void gradientSums(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      r.sum[i] = ScalarBlocks.sum(r.columns, r.other.array, r.other.row(i), r.lanes);
    }
  }

  private static void sumGradient(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      for (int j = 0; j < r.columns; j++) {
        r.out.set(i, j, Fma.fma(-r.e.get(i, j), r.sum[i], r.other.get(i, j)));
      }
    }
  }

  private static void differences(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      for (int j = 0; j < r.columns; j++) {
        r.e.set(i, j, r.in.get(i, j) - r.other.get(i, j));
      }
    }
  }

  private static void norms(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      int d = r.e.row(i);
      r.sum[i] = ScalarBlocks.dot(r.columns, r.e.array, d, r.e.array, d, r.lanes);
    }
  }

  private static void scale(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      for (int j = 0; j < r.columns; j++) {
        r.out.set(i, j, r.e.get(i, j) * r.scale);
      }
    }
  }

  private static void binaryGradient(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      for (int j = 0; j < r.columns; j++) {
        float e = r.e.get(i, j);
        float p = (r.in.get(i, j) >= 0 ? 1f : e) / (e + 1f);
        r.out.set(i, j, LossRows.flush((p - r.other.get(i, j)) * r.scale));
      }
    }
  }

  private static void softplus(LossRows r) {
    r.withTerms();
    for (int i = 0; i < r.m; i++) {
      for (int j = 0; j < r.columns; j++) {
        float e = r.e.get(i, j);
        float u = e + 1f;
        r.terms.set(i, j, ExpLog.log(u) + (e - (u - 1f)) / u);
      }
    }
  }

  private static void binaryTerms(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      for (int j = 0; j < r.columns; j++) {
        float x = r.in.get(i, j);
        float linear = Fma.fma(-x, r.other.get(i, j), x > 0 ? x : 0f);
        r.e.set(i, j, linear + r.terms.get(i, j));
      }
    }
  }

  private static void weigh(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      for (int j = 0; j < r.columns; j++) {
        r.out.set(i, j, r.each.get(i, 0) * r.in.get(i, j));
      }
    }
  }
}
