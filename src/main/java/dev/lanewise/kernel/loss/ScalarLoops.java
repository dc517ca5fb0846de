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
      case SUBTRACT -> ScalarLoops::subtract;
      case COPY -> ScalarLoops::copy;
      case NEGATIVE -> ScalarLoops::negative;
      case EXP -> ScalarLoops::exp;
      case SUMS -> ScalarLoops::sums;
      case LOGS -> ScalarLoops::logs;
      case DIVIDE -> ScalarLoops::divide;
      case SHIFT -> ScalarLoops::shift;
      case LABEL_LOSSES -> ScalarLoops::labelLosses;
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
      case MEANS -> ScalarLoops::means;
      case SCALE -> ScalarLoops::scale;
      case BINARY_GRADIENT -> ScalarLoops::binaryGradient;
      case SOFTPLUS -> ScalarLoops::softplus;
      case BINARY_TERMS -> ScalarLoops::binaryTerms;
      case WEIGH -> ScalarLoops::weigh;
      case PRODUCT -> ScalarLoops::product;
    };
  }

  private static void maxima(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      r.max[i] = ScalarBlocks.max(r.columns, r.in.array, r.in.row(i));
    }
  }

  private static void subtract(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      int x = r.in.row(i);
      int e = i * r.ldE;
      for (int j = 0; j < r.columns; j++) {
        r.e[e + j] = r.in.array[x + j] - r.max[i];
      }
    }
  }

  private static void copy(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      System.arraycopy(r.in.array, r.in.row(i), r.e, i * r.ldE, r.columns);
    }
  }

  private static void negative(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      int x = r.in.row(i);
      int e = i * r.ldE;
      for (int j = 0; j < r.columns; j++) {
        r.e[e + j] = -Math.abs(r.in.array[x + j]);
      }
    }
  }

  private static void exp(LossRows r) {
    for (int j = 0; j < r.m * r.ldE; j++) {
      r.e[j] = ExpLog.exp(r.e[j]);
    }
  }

  private static void sums(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      r.sum[i] = ScalarBlocks.sum(r.columns, r.e, i * r.ldE, r.lanes);
    }
  }

  private static void logs(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      r.log[i] = ExpLog.log(r.sum[i]);
    }
  }

  private static void divide(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      int e = i * r.ldE;
      int y = r.out.row(i);
      for (int j = 0; j < r.columns; j++) {
        r.out.array[y + j] = r.e[e + j] / r.sum[i];
      }
    }
  }

  private static void shift(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      int x = r.in.row(i);
      int y = r.out.row(i);
      for (int j = 0; j < r.columns; j++) {
        r.out.array[y + j] = (r.in.array[x + j] - r.max[i]) - r.log[i];
      }
    }
  }

  private static void labelLosses(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      float x = r.in.array[r.in.row(i) + r.label(i)];
      r.each[r.eachAt + i] = r.log[i] - (x - r.max[i]);
    }
  }

  private static void labelGradient(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      int e = i * r.ldE;
      int dx = r.out.row(i);
      for (int j = 0; j < r.columns; j++) {
        float target = j == r.label(i) ? 1f : 0f;
        r.out.array[dx + j] = LossRows.flush((r.e[e + j] / r.sum[i] - target) * r.scale);
      }
    }
  }

  private static void targetTerms(LossRows r) {
    float[] terms = r.terms();
    for (int i = 0; i < r.m; i++) {
      int x = r.in.row(i);
      int t = r.other.row(i);
      int term = i * r.ldE;
      for (int j = 0; j < r.columns; j++) {
        float target = r.other.array[t + j];
        float shifted = r.in.array[x + j] - r.max[i];
        terms[term + j] = target == 0 ? 0f : target * (r.log[i] - shifted);
      }
    }
  }

  private static void termSums(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      r.each[r.eachAt + i] = ScalarBlocks.sum(r.columns, r.terms(), i * r.ldE, r.lanes);
    }
  }

  private static void targetGradient(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      int e = i * r.ldE;
      int t = r.other.row(i);
      int dx = r.out.row(i);
      for (int j = 0; j < r.columns; j++) {
        float p = r.e[e + j] / r.sum[i];
        r.out.array[dx + j] = LossRows.flush((p - r.other.array[t + j]) * r.scale);
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
      int y = r.in.row(i);
      int dy = r.other.row(i);
      int dx = r.out.row(i);
      for (int j = 0; j < r.columns; j++) {
        r.out.array[dx + j] = r.in.array[y + j] * (r.other.array[dy + j] - r.sum[i]);
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
      int e = i * r.ldE;
      int dy = r.other.row(i);
      int dx = r.out.row(i);
      for (int j = 0; j < r.columns; j++) {
        r.out.array[dx + j] = Fma.fma(-r.e[e + j], r.sum[i], r.other.array[dy + j]);
      }
    }
  }

  private static void differences(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      int x = r.in.row(i);
      int t = r.other.row(i);
      int e = i * r.ldE;
      for (int j = 0; j < r.columns; j++) {
        r.e[e + j] = r.in.array[x + j] - r.other.array[t + j];
      }
    }
  }

  private static void norms(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      int e = i * r.ldE;
      r.sum[i] = ScalarBlocks.dot(r.columns, r.e, e, r.e, e, r.lanes);
    }
  }

  private static void means(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      r.each[r.eachAt + i] = r.sum[i] / r.columns;
    }
  }

  private static void scale(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      int e = i * r.ldE;
      int dx = r.out.row(i);
      for (int j = 0; j < r.columns; j++) {
        r.out.array[dx + j] = r.e[e + j] * r.scale;
      }
    }
  }

  private static void binaryGradient(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      int x = r.in.row(i);
      int t = r.other.row(i);
      int e = i * r.ldE;
      int dx = r.out.row(i);
      for (int j = 0; j < r.columns; j++) {
        float above = r.in.array[x + j] >= 0 ? 1f : r.e[e + j];
        float p = above / (r.e[e + j] + 1f);
        r.out.array[dx + j] = LossRows.flush((p - r.other.array[t + j]) * r.scale);
      }
    }
  }

  private static void softplus(LossRows r) {
    float[] terms = r.terms();
    for (int j = 0; j < r.m * r.ldE; j++) {
      float u = r.e[j] + 1f;
      terms[j] = ExpLog.log(u) + (r.e[j] - (u - 1f)) / u;
    }
  }

  private static void binaryTerms(LossRows r) {
    float[] terms = r.terms();
    for (int i = 0; i < r.m; i++) {
      int x = r.in.row(i);
      int t = r.other.row(i);
      int e = i * r.ldE;
      for (int j = 0; j < r.columns; j++) {
        float logit = r.in.array[x + j];
        float linear = Fma.fma(-logit, r.other.array[t + j], logit > 0 ? logit : 0f);
        r.e[e + j] = linear + terms[e + j];
      }
    }
  }

  private static void weigh(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      int x = r.in.row(i);
      int y = r.out.row(i);
      float weight = r.each[r.eachAt + i];
      for (int j = 0; j < r.columns; j++) {
        r.out.array[y + j] = weight * r.in.array[x + j];
      }
    }
  }

  private static void product(LossRows r) {
    for (int i = 0; i < r.m; i++) {
      int x = r.in.row(i);
      int w = r.other.row(i);
      int y = r.out.row(i);
      for (int j = 0; j < r.columns; j++) {
        r.out.array[y + j] = r.other.array[w + j] * r.in.array[x + j];
      }
    }
  }
}
