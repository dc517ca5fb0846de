package dev.lanewise.kernel.conv2d;

/**
 * Convolutions in double precision, written from the definition: every (pixel, tap, channel,
 * filter) visited once, in one loop nest for all operations. With each value goes the sum of its
 * terms' magnitudes, from which an error bound follows.
 */
public final class ConvReference {
  public final double[] value;
  public final double[] magnitude;

  private ConvReference(int length) {
    value = new double[length];
    magnitude = new double[length];
  }

  /** Meets the three indices (into x, w and y) of every product inside the image. */
  private interface Visitor {
    void visit(int x, int w, int y);
  }

  /** A forward pass. */
  public static ConvReference forward(Conv2dShape s, double[] x, double[] w) {
    ConvReference y = new ConvReference(s.outElements());
    visit(s, (i, j, k) -> y.add(k, x[i] * w[j]));
    return y;
  }

  static ConvReference backwardInput(Conv2dShape s, double[] dy, double[] w) {
    ConvReference dx = new ConvReference(s.inElements());
    visit(s, (i, j, k) -> dx.add(i, dy[k] * w[j]));
    return dx;
  }

  static ConvReference backwardWeights(Conv2dShape s, double[] x, double[] dy) {
    ConvReference dw = new ConvReference(s.weightElements());
    visit(s, (i, j, k) -> dw.add(j, x[i] * dy[k]));
    return dw;
  }

  static ConvReference backwardBias(Conv2dShape s, double[] dy) {
    ConvReference db = new ConvReference(s.filters());
    for (int i = 0; i < dy.length; i++) {
      db.add(i % s.filters(), dy[i]);
    }
    return db;
  }

  private void add(int index, double term) {
    value[index] += term;
    magnitude[index] += Math.abs(term);
  }

  private static void visit(Conv2dShape s, Visitor visitor) {
    int height = s.outHeight();
    int width = s.outWidth();
    int perGroup = s.inChannels() / s.groups();
    for (int y = 0; y < s.batch() * height * width * s.filters(); y++) {
      int filter = y % s.filters();
      int ow = y / s.filters() % width;
      int oh = y / s.filters() / width % height;
      int image = y / s.filters() / width / height;
      int group = filter / (s.filters() / s.groups());
      for (int tap = 0; tap < s.kernelHeight() * s.kernelWidth() * perGroup; tap++) {
        int channel = tap % perGroup;
        int kw = tap / perGroup % s.kernelWidth();
        int kh = tap / perGroup / s.kernelWidth();
        int ih = oh * s.strideHeight() + kh * s.dilationHeight() - s.padTop();
        int iw = ow * s.strideWidth() + kw * s.dilationWidth() - s.padLeft();
        if (ih >= 0 && ih < s.inHeight() && iw >= 0 && iw < s.inWidth()) {
          int x =
              ((image * s.inHeight() + ih) * s.inWidth() + iw) * s.inChannels()
                  + group * perGroup
                  + channel;
          visitor.visit(x, tap * s.filters() + filter, y);
        }
      }
    }
  }
}
