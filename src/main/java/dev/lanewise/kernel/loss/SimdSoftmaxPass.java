package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.support.SimdBlocks;
import dev.lanewise.kernel.support.SimdMath;
import java.util.Arrays;

/**
 * The passes over the rows in hand that the SIMD twin is made of.
 *
 * <p>They are objects, all called from one place, because C2 must compile each by itself: it
 * inlines the Vector API only until a compilation has made some 18 000 nodes, and boxes the vectors
 * of what comes after (50 times slower). A call that has seen three receivers is not inlined.
 */
enum SimdSoftmaxPass {
  /** The rows' maxima. */
  MAX {
    @Override
    void run(SimdSoftmaxRows rows) {
      for (int i = 0; i < rows.m; i++) {
        rows.max[i] = SimdBlocks.max(rows.n, rows.in, rows.inAt + i * rows.ldIn);
      }
    }
  },

  /** Nothing to subtract. */
  ZERO {
    @Override
    void run(SimdSoftmaxRows rows) {
      Arrays.fill(rows.max, 0, rows.m, 0f);
    }
  },

  /** e = x − max. */
  SUBTRACT {
    @Override
    void run(SimdSoftmaxRows rows) {
      for (int i = 0; i < rows.m; i++) {
        SimdSoftmaxLoops.subtract(rows, i);
      }
    }
  },

  /** e = exp(e), over all rows at once. */
  EXP {
    @Override
    void run(SimdSoftmaxRows rows) {
      SimdMath.exp(rows.m * rows.ldE, rows.e, 0, rows.e, 0);
    }
  },

  /** The sums of e. */
  SUM {
    @Override
    void run(SimdSoftmaxRows rows) {
      for (int i = 0; i < rows.m; i++) {
        rows.sum[i] = SimdBlocks.sum(rows.n, rows.e, i * rows.ldE, rows.lanes);
      }
    }
  },

  /** The logarithms of the sums. */
  LOG {
    @Override
    void run(SimdSoftmaxRows rows) {
      SimdMath.log(rows.m, rows.sum, 0, rows.log, 0);
    }
  },

  /** The losses of rows with labels. */
  LABEL_LOSS {
    @Override
    void run(SimdSoftmaxRows rows) {
      for (int i = 0; i < rows.m; i++) {
        float x = rows.in[rows.inAt + i * rows.ldIn + rows.labels[rows.labelsAt + i]];
        rows.loss[rows.lossAt + i] = rows.log[i] - (x - rows.max[i]);
      }
    }
  },

  /** Softmax: e / sum. */
  DIVIDE {
    @Override
    void run(SimdSoftmaxRows rows) {
      for (int i = 0; i < rows.m; i++) {
        SimdSoftmaxLoops.divide(rows, i);
      }
    }
  },

  /** Log-softmax: (x − max) − log. */
  SHIFT {
    @Override
    void run(SimdSoftmaxRows rows) {
      for (int i = 0; i < rows.m; i++) {
        SimdSoftmaxLoops.shift(rows, i);
      }
    }
  },

  /** The logits' gradient with labels. */
  LABEL_GRADIENT {
    @Override
    void run(SimdSoftmaxRows rows) {
      for (int i = 0; i < rows.m; i++) {
        SimdSoftmaxLoops.gradient(rows, i);
        int label = rows.labels[rows.labelsAt + i];
        float p = rows.e[i * rows.ldE + label] / rows.sum[i];
        rows.out[rows.outAt + i * rows.ldOut + label] =
            SimdSoftmaxLoops.flush((p - 1f) * rows.scale);
      }
    }
  },

  /** The terms of the losses of rows with targets. */
  TERMS {
    @Override
    void run(SimdSoftmaxRows rows) {
      for (int i = 0; i < rows.m; i++) {
        SimdSoftmaxLoops.terms(rows, i);
      }
    }
  },

  /** The sums of the terms. */
  TARGET_LOSS {
    @Override
    void run(SimdSoftmaxRows rows) {
      for (int i = 0; i < rows.m; i++) {
        float sum = SimdBlocks.sum(rows.n, rows.terms, i * rows.ldE, rows.lanes);
        rows.loss[rows.lossAt + i] = sum;
      }
    }
  },

  /** The logits' gradient with targets. */
  TARGET_GRADIENT {
    @Override
    void run(SimdSoftmaxRows rows) {
      for (int i = 0; i < rows.m; i++) {
        SimdSoftmaxLoops.targetGradient(rows, i);
      }
    }
  },

  /** The dot products of dy and y. */
  DOT {
    @Override
    void run(SimdSoftmaxRows rows) {
      for (int i = 0; i < rows.m; i++) {
        int dy = rows.otherAt + i * rows.ldOther;
        int y = rows.inAt + i * rows.ldIn;
        rows.sum[i] = SimdBlocks.dot(rows.n, rows.other, dy, rows.in, y, rows.lanes);
      }
    }
  },

  /** Softmax's gradient. */
  SOFTMAX_GRADIENT {
    @Override
    void run(SimdSoftmaxRows rows) {
      for (int i = 0; i < rows.m; i++) {
        SimdSoftmaxLoops.softmaxGradient(rows, i);
      }
    }
  },

  /** The sums of dy. */
  SUM_GRADIENT {
    @Override
    void run(SimdSoftmaxRows rows) {
      for (int i = 0; i < rows.m; i++) {
        int dy = rows.otherAt + i * rows.ldOther;
        rows.sum[i] = SimdBlocks.sum(rows.n, rows.other, dy, rows.lanes);
      }
    }
  },

  /** Log-softmax's gradient. */
  LOG_GRADIENT {
    @Override
    void run(SimdSoftmaxRows rows) {
      for (int i = 0; i < rows.m; i++) {
        SimdSoftmaxLoops.logGradient(rows, i);
      }
    }
  };

  /** Does the pass over the rows in hand. */
  abstract void run(SimdSoftmaxRows rows);
}
