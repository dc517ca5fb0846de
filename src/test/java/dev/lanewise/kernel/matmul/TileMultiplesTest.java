package dev.lanewise.kernel.matmul;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.cases.MatmulCases.Product;
import dev.lanewise.cases.MatmulCases.Values;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.AtEveryWidth;
import dev.lanewise.testing.Calls;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Fork;
import dev.lanewise.testing.Teams;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A consumer's multiples beyond the output ask for whole rows or columns, and for no more memory
 * than those take. {@code Integer.MAX_VALUE} columns gave 19,740 wrong numbers of 23,124, and 2^20
 * took gigabytes.
 */
@AtEveryWidth
class TileMultiplesTest {
  private static final int[] MULTIPLES = {
    1, 7, 122, 187, 189, 1000, 65_537, 1 << 20, 1 << 30, Integer.MAX_VALUE - 1, Integer.MAX_VALUE
  };

  private static final Matmul SCALAR = new ScalarMatmul();

  /** Dense, direct (a small k), transposed, and with zeros that are skipped. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void beyondTheOutput(int threads) {
    for (int rows : MULTIPLES) {
      for (int columns : MULTIPLES) {
        Calls.assertTwins(Product.of(123, 188, 30, 0, threads).tiles(rows, columns));
        Calls.assertTwins(
            Product.of(13, 188, 2, 0, threads).tiles(rows, columns).trans(true, true));
        Calls.assertTwins(
            Product.of(40, 256, 70, 0, threads)
                .tiles(rows, columns)
                .zeros(80, Values.FEW_SPECIALS));
        Calls.assertTwins(
            Product.of(13, 512, 300, 0, threads).tiles(rows, columns).zeros(80, Values.GAUSSIAN));
      }
    }
  }

  /** A megabyte of output, in a VM of 48 MB: 2^20 columns in twelve rows were 50 MB. */
  @Test
  void takeNoMoreMemoryThanTheOutput() {
    Fork.Result result =
        Fork.java(
            List.of(Fork.VECTORS, "-Xmx48m", "-D" + VectorWidth.PROPERTY + "=" + VectorWidth.BITS),
            SmallMemory.class.getName());
    assertEquals("", result.complaints());
    assertEquals("computed 242 products\n", result.out());
  }

  /** What runs in the small VM. */
  static final class SmallMemory {
    private SmallMemory() {}

    public static void main(String[] arguments) {
      Matmul simd = new SimdMatmul(Teams.of(2));
      int products = 0;
      for (int rows : MULTIPLES) {
        for (int columns : MULTIPLES) {
          for (int each = 1; each <= 5; each += 4) { // every element, or one of five
            float[] a = Fill.gaussian(1, 60 * 20);
            for (int i = 0; i < a.length; i++) {
              a[i] = i % each == 0 ? a[i] : 0;
            }
            tiles(simd, 60, 4000, 20, a, new Multiples(rows, columns, true));
            tiles(SCALAR, 60, 4000, 20, a, new Multiples(rows, columns, true));
            products++;
          }
        }
      }
      System.out.println("computed " + products + " products");
    }
  }

  /** A tile that no array can hold is refused before anything is handed over. */
  @Test
  void tilesThatNoArrayHoldsAreRefused() {
    for (Matmul twin : new Matmul[] {SCALAR, new SimdMatmul(Teams.of(2))}) {
      TileConsumer none = new Multiples(Integer.MAX_VALUE, 1 << 30, false);
      String said =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> tiles(twin, 50_000, 50_000, 0, new float[0], none))
              .getMessage();
      assertEquals(
          "a tile of the consumer's multiples of shape [50000, 50000] has too many elements: an"
              + " array holds at most 2147483647",
          said);
    }
  }

  /** The tiles of m × k times k × n. */
  private static void tiles(Matmul twin, int m, int n, int k, float[] a, TileConsumer consumer) {
    Transpose no = Transpose.NO;
    float[] b = Fill.gaussian(2, k * n);
    twin.sgemmTiles(no, no, m, n, k, 1, a, 0, Math.max(1, k), b, 0, n, consumer);
  }

  /** Takes nothing. */
  private record Multiples(int rowMultiple, int columnMultiple, boolean isAllowed)
      implements TileConsumer {
    @Override
    public void accept(
        float[] tile, int offset, int ld, int row, int rows, int column, int columns) {
      assertTrue(isAllowed, "was given a tile");
    }
  }
}
