package dev.lanewise.kernel.support;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.reduce.SimdReduce;
import dev.lanewise.testing.AtEveryWidth;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import org.jspecify.annotations.Nullable;

/** Every generated register tile against chains of single floats. */
@AtEveryWidth
class TilesTwinTest {
  private static final int L = VectorWidth.LANES;
  private static final int TERMS = 5;
  private static final int GROUPS = 3;
  private static final int[] OFFSETS = {100, 7, 60, 31};

  TilesTwinTest() {
    // Tiles are no kernel: one that uses the same species stands for them.
    Twin.assertUnderTest(new SimdReduce(Teams.of(1)), 1);
  }

  private interface Element {
    float at(int row, int column, int term);
  }

  private interface Run {
    void tile(TileCall call, int a, int b, int c);
  }

  private final Random random = new Random(5);

  @Example
  void panels() {
    for (int rows : new int[] {1, 2, 4, 5, 12}) {
      TileCall call = new TileCall();
      int[] bits = bits(3 + rows * TERMS);
      call.oneGroup(bits, rows, TERMS);
      call.ldb = 2 * L;
      Element element =
          (row, column, term) -> {
            int first = rows == 5 ? 0 : row / 4 * 4;
            int together = rows == 5 ? 5 : Math.min(4, rows - first);
            return asFloat(bits[3 + first * TERMS + term * together + row - first]);
          };
      check(rows, 2, call, TERMS, element, (x, a, b, c) -> SimdPanelTiles.run(rows, 2, x, a, b, c));
    }
  }

  @Example
  void windows() {
    for (int rows = 4; rows <= SimdWindowTiles.MOST_ROWS; rows++) {
      for (int vectors = 1; vectors <= 2; vectors++) {
        int tall = rows;
        int wide = vectors;
        TileCall call = grouped();
        call.step = 11;
        int[] bits = call.bits;
        Element element =
            (row, column, term) ->
                asFloat(bits[3 + OFFSETS[1 + term / TERMS] + term % TERMS * 11 + row]);
        Run run = (x, a, b, c) -> SimdWindowTiles.run(tall, wide, x, a, b, c);
        check(rows, vectors, call, GROUPS * TERMS, element, run);
      }
    }
  }

  @Example
  void rows() {
    for (int rows = 4; rows <= SimdRowTiles.MOST_ROWS; rows++) {
      for (int vectors = rows <= 6 ? 4 : 2; vectors >= 1; vectors /= 2) {
        int tall = rows;
        int wide = vectors;
        TileCall call = grouped();
        call.rowStride = 7;
        int[] bits = call.bits;
        Element element =
            (row, column, term) ->
                asFloat(bits[3 + OFFSETS[1 + term / TERMS] + term % TERMS + row * 7]);
        Run run = (x, a, b, c) -> SimdRowTiles.run(tall, wide, x, a, b, c);
        check(rows, vectors, call, GROUPS * TERMS, element, run);
      }
    }
  }

  @Example
  void channels() {
    for (int rows = 4; rows <= SimdChannelTiles.MOST_ROWS; rows++) {
      int tall = rows;
      TileCall call = grouped();
      call.rowStride = 7;
      call.ldb = L;
      int[] bits = call.bits;
      Element element =
          (row, column, term) -> asFloat(bits[3 + OFFSETS[1 + term] + row * 7 + column]);
      Run run = (x, a, b, c) -> SimdChannelTiles.run(tall, 1, x, a, b, c);
      check(rows, 1, call, GROUPS, element, run);
    }
  }

  @Example
  void sliding() {
    for (int vectors = 1; vectors <= 2; vectors++) {
      int wide = vectors;
      TileCall call = grouped();
      int[] bits = call.bits;
      call.ldb = vectors * L;
      Element element =
          (row, column, term) -> asFloat(bits[3 + OFFSETS[1 + term / 3] + term % 3 + row]);
      Run run = (x, a, b, c) -> SimdSlidingTiles.run(9, wide, x, a, b, c);
      begin(9, vectors, call, GROUPS * 3, element, run);
      if (vectors == 1) {
        check(9, vectors, call, GROUPS * 3, element, run);
      } else {
        call.first = false;
        assertThrows(IllegalArgumentException.class, () -> run.tile(call, 3, 2, 1));
      }
    }
  }

  @Example
  void strided() {
    for (int[] size : new int[][] {{1, 1}, {4, 1}, {1, 8}}) {
      TileCall call = strided(size[1]);
      float[] a = call.a;
      Element element = (row, column, term) -> a[3 + row * 13 + term * 2];
      Run run = (x, at, b, c) -> SimdStridedTiles.run(size[0], size[1], x, at, b, c);
      check(size[0], size[1], call, TERMS, element, run);
    }
  }

  @Example
  void sparse() {
    TileCall call = strided(8);
    float[] a = call.a;
    for (int term = 0; term < TERMS; term += 2) {
      a[3 + term * 2] = 0f;
    }
    Element element = (row, column, term) -> a[3 + term * 2];
    Run run = (x, at, b, c) -> SimdSparseTiles.run(1, 8, x, 0b01010, at, b, c);
    check(1, 8, call, TERMS, element, run);
  }

  @Example
  void noSuchTile() {
    TileCall call = new TileCall();
    assertThrows(IllegalArgumentException.class, () -> SimdPanelTiles.run(3, 2, call, 0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> SimdWindowTiles.run(14, 2, call, 0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> SimdRowTiles.run(7, 4, call, 0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> SimdChannelTiles.run(9, 1, call, 0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> SimdSlidingTiles.run(8, 2, call, 0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> SimdStridedTiles.run(5, 1, call, 0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> SimdSparseTiles.run(2, 8, call, 1, 0, 0, 0));
  }

  private TileCall grouped() {
    TileCall call = new TileCall();
    call.bits = bits(200);
    call.offsets = OFFSETS;
    call.firstGroup = 1;
    call.groups = GROUPS;
    call.terms = TERMS;
    return call;
  }

  private TileCall strided(int vectors) {
    TileCall call = new TileCall();
    call.a = floats(3 + 4 * 13 + TERMS * 2);
    call.rowStride = 13;
    call.step = 2;
    call.terms = TERMS;
    call.ldb = vectors * L;
    return call;
  }

  /** Begins chains, then goes on with them, and compares C with what single floats give. */
  private void check(int rows, int vectors, TileCall call, int terms, Element a, Run run) {
    float[] chains = begin(rows, vectors, call, terms, a, run);
    call.first = false;
    run.tile(call, 3, 2, 1);
    Bits.assertSame(
        rows + " × " + vectors + ", on", expected(rows, vectors, call, terms, a, chains), call.c);
  }

  /** Begins chains, and returns what they are. */
  private float[] begin(int rows, int vectors, TileCall call, int terms, Element a, Run run) {
    int width = vectors * L;
    call.b = floats(2 + terms * width);
    call.ldc = width + 3;
    call.c = floats(1 + rows * call.ldc);
    float[] expected = expected(rows, vectors, call, terms, a, null);
    call.first = true;
    run.tile(call, 3, 2, 1);
    Bits.assertSame(rows + " × " + vectors + ", first", expected, call.c);
    return expected;
  }

  /** C after a tile, whose chains begin with those that are given, or with +0. */
  private static float[] expected(
      int rows, int vectors, TileCall call, int terms, Element a, float @Nullable [] begun) {
    int width = vectors * L;
    float[] c = call.c.clone();
    for (int r = 0; r < rows; r++) {
      for (int n = 0; n < width; n++) {
        int at = 1 + r * call.ldc + n;
        float chain = begun == null ? 0f : begun[at];
        for (int p = 0; p < terms; p++) {
          chain = Fma.fma(a.at(r, n, p), call.b[2 + p * width + n], chain);
        }
        c[at] = chain;
      }
    }
    return c;
  }

  private float[] floats(int n) {
    float[] floats = new float[n];
    for (int i = 0; i < n; i++) {
      floats[i] = (float) random.nextGaussian();
    }
    return floats;
  }

  private int[] bits(int n) {
    float[] floats = floats(n);
    int[] bits = new int[n];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(floats[i]));
    return bits;
  }

  private static float asFloat(int bits) {
    return Float.intBitsToFloat(bits);
  }
}
