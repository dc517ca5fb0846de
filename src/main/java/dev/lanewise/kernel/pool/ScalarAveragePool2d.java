package dev.lanewise.kernel.pool;

/** Average-pooling by plain loops: the definition. */
public final class ScalarAveragePool2d implements AveragePool2d {
  /** Makes the scalar twin. */
  public ScalarAveragePool2d() {}

  @Override
  public int vectorBits() {
    return 0;
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public void forward(Pool2dShape shape, float[] x, int xOffset, float[] y, int yOffset) {
    PoolArguments.forward(shape, x, xOffset, y, yOffset, null, 0);
    int at = yOffset;
    for (int image = 0; image < shape.batch(); image++) {
      int first = xOffset + image * shape.inHeight() * shape.inWidth() * shape.channels();
      for (int oh = 0; oh < shape.outHeight(); oh++) {
        for (int ow = 0; ow < shape.outWidth(); ow++) {
          for (int c = 0; c < shape.channels(); c++) {
            y[at] = average(shape, oh, ow, x, first + c);
            at++;
          }
        }
      }
    }
  }

  private static float average(Pool2dShape shape, int oh, int ow, float[] x, int offset) {
    float sum = 0;
    int count = 0;
    for (int kh = 0; kh < shape.windowHeight(); kh++) {
      for (int kw = 0; kw < shape.windowWidth(); kw++) {
        int ih = oh * shape.strideHeight() + kh - shape.padTop();
        int iw = ow * shape.strideWidth() + kw - shape.padLeft();
        if (ih >= 0 && ih < shape.inHeight() && iw >= 0 && iw < shape.inWidth()) {
          sum += x[offset + (ih * shape.inWidth() + iw) * shape.channels()];
          count++;
        }
      }
    }
    return sum / count;
  }

  @Override
  public void backward(Pool2dShape shape, float[] dy, int dyOffset, float[] dx, int dxOffset) {
    PoolArguments.backward(shape, dy, dyOffset, dx, dxOffset);
    int at = dxOffset;
    for (int image = 0; image < shape.batch(); image++) {
      int first = dyOffset + image * shape.outHeight() * shape.outWidth() * shape.channels();
      for (int ih = 0; ih < shape.inHeight(); ih++) {
        for (int iw = 0; iw < shape.inWidth(); iw++) {
          for (int c = 0; c < shape.channels(); c++) {
            dx[at] = gather(shape, ih, iw, dy, first + c);
            at++;
          }
        }
      }
    }
  }

  private static float gather(Pool2dShape shape, int ih, int iw, float[] dy, int offset) {
    float sum = 0;
    for (int oh = Windows.firstRow(shape, ih); oh <= Windows.lastRow(shape, ih); oh++) {
      for (int ow = Windows.firstColumn(shape, iw); ow <= Windows.lastColumn(shape, iw); ow++) {
        int pixel = (oh * shape.outWidth() + ow) * shape.channels();
        sum += dy[offset + pixel] / Windows.pixels(shape, oh, ow);
      }
    }
    return sum;
  }
}
