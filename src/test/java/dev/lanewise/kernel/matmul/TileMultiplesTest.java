package dev.lanewise.kernel.matmul;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fork;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A consumer's multiples beyond the output ask for whole rows or columns, and for no more memory
 * than those take. {@code Integer.MAX_VALUE} columns gave 19,740 wrong numbers of 23,124, and 2^20
 * took gigabytes.
 */
@Tag("twin")
@ExtendWith(Twin.class)
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
        same(Product.of(123, 188, 30, 0, threads).tiles(rows, columns));
        same(Product.of(13, 188, 2, 0, threads).tiles(rows, columns).trans(true, true));
        same(Product.of(40, 256, 70, 0, threads).tiles(rows, columns).zeros(80, 1));
        same(Product.of(13, 512, 300, 0, threads).tiles(rows, columns).zeros(80, 0));
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
          for (int zeros = 0; zeros <= 80; zeros += 80) {
            Product one = Product.of(60, 4000, 20, 0, 2).tiles(rows, columns).zeros(zeros, 0);
            one.runTiles(simd, one.operandA(), one.operandB(), new Multiples(one, true));
            one.runTiles(SCALAR, one.operandA(), one.operandB(), new Multiples(one, true));
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
      Product one = Product.of(50_000, 50_000, 0, 0, 2).tiles(Integer.MAX_VALUE, 1 << 30);
      Guarded none = Guarded.of(0, 0);
      String said =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> one.runTiles(twin, none, none, new Multiples(one, false)))
              .getMessage();
      assertEquals(
          "a tile of the consumer's multiples of shape [50000, 50000] has too many elements: an"
              + " array holds at most 2147483647",
          said);
    }
  }

  private static void same(Product one) {
    Matmul simd = new SimdMatmul(Teams.of(one.threads()));
    Twin.assertUnderTest(simd, one.threads());
    Guarded a = one.operandA();
    Guarded b = one.operandB();
    Coverage expected = new Coverage(one);
    one.runTiles(SCALAR, a, b, expected);
    expected.assertTiled();
    Coverage tiles = new Coverage(one);
    one.runTiles(simd, a, b, tiles);
    tiles.assertTiled();
    Bits.assertSame("tiles of " + one, expected.received, tiles.received);
    Guarded c = one.oldC();
    Guarded d = c.copy();
    Coverage into = new Coverage(one);
    one.run(simd, a, b, c, into);
    into.assertTiled();
    Bits.assertSame("tiles in C of " + one, expected.received, into.received);
    one.run(SCALAR, a, b, d, new Coverage(one));
    Bits.assertSame("C of " + one, d.values(), c.values());
  }

  /** Takes nothing. */
  private record Multiples(Product product, boolean isAllowed) implements TileConsumer {
    @Override
    public void accept(
        float[] tile, int offset, int ld, int row, int rows, int column, int columns) {
      assertTrue(isAllowed, "was given a tile");
    }

    @Override
    public int rowMultiple() {
      return product.rowMultiple();
    }

    @Override
    public int columnMultiple() {
      return product.columnMultiple();
    }
  }
}
