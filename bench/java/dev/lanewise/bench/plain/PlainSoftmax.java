package dev.lanewise.bench.plain;

import dev.lanewise.kernel.loss.Softmax;

/** Softmax and cross-entropy, row by row, with Math.exp and Math.log. */
final class PlainSoftmax implements Softmax, PlainKernel {
  private final PlainReduce reduce = new PlainReduce();

  @Override
  public void softmax(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
    for (int i = 0; i < rows; i++) {
      int in = xOffset + i * ldx;
      int out = yOffset + i * ldy;
      float factor = 1 / exponentials(columns, x, in, y, out);
      for (int j = 0; j < columns; j++) {
        y[out + j] *= factor;
      }
    }
  }

  /** Fills y with exp(x − the row's maximum) and returns the sum. */
  private float exponentials(int columns, float[] x, int in, float[] y, int out) {
    float max = reduce.max(columns, x, in);
    float sum = 0;
    for (int j = 0; j < columns; j++) {
      float e = (float) Math.exp(x[in + j] - max);
      y[out + j] = e;
      sum += e;
    }
    return sum;
  }

  /** The maximum and the logarithm of the sum, together. */
  private double logSum(int columns, float[] x, int in) {
    float max = reduce.max(columns, x, in);
    float sum = 0;
    for (int j = 0; j < columns; j++) {
      sum += (float) Math.exp(x[in + j] - max);
    }
    return max + Math.log(sum);
  }

  @Override
  public void logSoftmax(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
    for (int i = 0; i < rows; i++) {
      int in = xOffset + i * ldx;
      int out = yOffset + i * ldy;
      float logSum = (float) logSum(columns, x, in);
      for (int j = 0; j < columns; j++) {
        y[out + j] = x[in + j] - logSum;
      }
    }
  }

  @Override
  public void softmaxGradient(
      int rows,
      int columns,
      float[] y,
      int yOffset,
      int ldy,
      float[] dy,
      int dyOffset,
      int lddy,
      float[] dx,
      int dxOffset,
      int lddx) {
    for (int i = 0; i < rows; i++) {
      int at = yOffset + i * ldy;
      int in = dyOffset + i * lddy;
      int out = dxOffset + i * lddx;
      float dot = reduce.dot(columns, y, at, dy, in);
      for (int j = 0; j < columns; j++) {
        dx[out + j] = y[at + j] * (dy[in + j] - dot);
      }
    }
  }

  @Override
  public void logSoftmaxGradient(
      int rows,
      int columns,
      float[] y,
      int yOffset,
      int ldy,
      float[] dy,
      int dyOffset,
      int lddy,
      float[] dx,
      int dxOffset,
      int lddx) {
    for (int i = 0; i < rows; i++) {
      int at = yOffset + i * ldy;
      int in = dyOffset + i * lddy;
      int out = dxOffset + i * lddx;
      float sum = reduce.sum(columns, dy, in);
      for (int j = 0; j < columns; j++) {
        dx[out + j] = dy[in + j] - (float) Math.exp(y[at + j]) * sum;
      }
    }
  }

  @Override
  public void crossEntropy(
      int rows,
      int classes,
      float[] x,
      int xOffset,
      int ldx,
      int[] labels,
      int labelsOffset,
      float[] loss,
      int lossOffset) {
    for (int i = 0; i < rows; i++) {
      int in = xOffset + i * ldx;
      loss[lossOffset + i] = (float) (logSum(classes, x, in) - x[in + labels[labelsOffset + i]]);
    }
  }

  @Override
  public void crossEntropyGradient(
      int rows,
      int classes,
      float[] x,
      int xOffset,
      int ldx,
      int[] labels,
      int labelsOffset,
      float[] loss,
      int lossOffset,
      float scale,
      float[] dx,
      int dxOffset,
      int lddx) {
    for (int i = 0; i < rows; i++) {
      int in = xOffset + i * ldx;
      int out = dxOffset + i * lddx;
      int label = labels[labelsOffset + i];
      float sum = exponentials(classes, x, in, dx, out);
      loss[lossOffset + i] = (float) (Math.log(sum) - Math.log(dx[out + label]));
      float factor = scale / sum;
      for (int j = 0; j < classes; j++) {
        dx[out + j] *= factor;
      }
      dx[out + label] -= scale;
    }
  }

  @Override
  public void crossEntropy(
      int rows,
      int classes,
      float[] x,
      int xOffset,
      int ldx,
      float[] targets,
      int targetsOffset,
      int ldt,
      float[] loss,
      int lossOffset) {
    for (int i = 0; i < rows; i++) {
      int in = xOffset + i * ldx;
      int at = targetsOffset + i * ldt;
      double logSum = logSum(classes, x, in);
      loss[lossOffset + i] =
          (float)
              (logSum * reduce.sum(classes, targets, at) - reduce.dot(classes, targets, at, x, in));
    }
  }

  @Override
  public void crossEntropyGradient(
      int rows,
      int classes,
      float[] x,
      int xOffset,
      int ldx,
      float[] targets,
      int targetsOffset,
      int ldt,
      float[] loss,
      int lossOffset,
      float scale,
      float[] dx,
      int dxOffset,
      int lddx) {
    crossEntropy(rows, classes, x, xOffset, ldx, targets, targetsOffset, ldt, loss, lossOffset);
    softmax(rows, classes, x, xOffset, ldx, dx, dxOffset, lddx);
    for (int i = 0; i < rows; i++) {
      int at = targetsOffset + i * ldt;
      int out = dxOffset + i * lddx;
      for (int j = 0; j < classes; j++) {
        dx[out + j] = (dx[out + j] - targets[at + j]) * scale;
      }
    }
  }
}
