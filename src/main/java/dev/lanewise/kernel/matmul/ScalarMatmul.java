package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.parallel.Scratch;
import java.util.Arrays;
import java.util.List;

/**
 * The scalar twin of {@link Matmul}: plain loops that define the result.
 *
 * <p>Thread-safe; scratch memory is kept from call to call.
 */
public final class ScalarMatmul extends CheckedMatmul {
  /** Builds the scalar twin. */
  public ScalarMatmul() {
    super(BlockSizes.production(1), List.of(Plain::new));
  }

  /** The only implementation: block after block, row after row, term after term. */
  private static final class Plain extends GemmPart {
    Plain(GemmCall x) {
      super(x);
    }

    @Override
    boolean fits() {
      return true;
    }

    @Override
    int tileRows() {
      return 1;
    }

    @Override
    int tileColumns() {
      return 1;
    }

    @Override
    void compute(Scratch scratch) {
      cut();
      float[] block = scratch.floats(0, Math.multiplyExact(blockRows, blockColumns));
      for (int i = firstRow; i < endRow; i += blockRows) {
        int rows = Math.min(blockRows, endRow - i);
        for (int j = firstColumn; j < endColumn; j += blockColumns) {
          int columns = Math.min(blockColumns, endColumn - j);
          aim(block, 0, columns);
          multiply(i, rows, j, columns);
          finish(i, rows, j, columns);
        }
      }
    }

    /** chains[r][v] = Σ op(A)[i + r][p] · op(B)[p][j + v], p ascending, from +0. */
    private void multiply(int i, int rows, int j, int columns) {
      float[] chains = tile.c;
      Arrays.fill(chains, 0, rows * columns, 0f);
      for (int r = 0; r < rows; r++) {
        for (int p = 0; p < x.k; p++) {
          float factor = x.a[x.aOffset + (i + r) * x.aRowStride + p * x.aTermStride];
          int b = x.bOffset + j * x.bColumnStride + p * x.bTermStride;
          if (x.bColumnStride == 1) { // compiled for neighbours alone
            addMultiple(columns, factor, x.b, b, 1, chains, r * columns);
          } else {
            addMultiple(columns, factor, x.b, b, x.bColumnStride, chains, r * columns);
          }
        }
      }
    }

    private static void addMultiple(
        int n, float factor, float[] b, int bAt, int stride, float[] sums, int at) {
      for (int j = 0; j < n; j++) {
        sums[at + j] = Fma.fma(factor, b[bAt + j * stride], sums[at + j]);
      }
    }

    @Override
    void store(int rows, int columns, float[] to, int at, int ld) {
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          float product = x.alpha * tile.c[chainsAt + i * tile.ldc + j];
          int c = at + i * ld + j;
          to[c] = x.beta == 0 ? product : Fma.fma(x.beta, to[c], product);
        }
      }
    }
  }
}
