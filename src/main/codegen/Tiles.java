import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Writes the Java of the register tiles: {@code java Tiles.java <folder of generated sources>}.
 *
 * <p>A register tile is the innermost loop of a matrix product: rows × vectors elements of C, each
 * one chain of fused multiply-adds, held in named local variables, since only those does the
 * compiler keep in registers. Written by hand it is a hundred lines of the same; here it is one
 * line of {@link #TILES}. docs/architecture.md shows a tile in full.
 *
 * <p>The build runs this program; a file whose text has not changed is left alone.
 */
final class Tiles {
  /**
   * How the elements of A are addressed, in one of two ways. The first three kinds have them
   * <em>side by side</em>, as bits of floats: row r of term p of group g at {@code a + offsets[g] +
   * p * step + r}. The others have them <em>strided</em>: row r of term p of group g at {@code a +
   * offsets[g] + r * rowStride + p * step}.
   */
  enum Kind {
    /** A packed panel: one group, step = rows; or a stack of panels of four rows, and of two. */
    PANEL("terms of rows that were packed, four together"),
    /** Neighbours in a window, any step. */
    WINDOW("neighbours in a window, terms at any distance from each other"),
    /** Neighbours in a window, three terms a group, step = 1: an element meets all three. */
    SLIDING("neighbours in a window that are each other's terms too, three a group"),
    /** Bits too, step = 1: pixels of a window, whose channels are the terms. */
    ROW("rows at any distance, the terms of each side by side"),
    /** Bits too, one term a group: a vector of A, whose lanes are channels of their own. */
    CHANNEL("rows at any distance, each lane with terms of its own"),
    /** A where the caller has it, as floats, one group. */
    STRIDED("an operand that is read where it lies"),
    /** The same, one row, and only the terms whose bit is set. */
    SPARSE("an operand of which some terms are left out");

    private final String elements;

    Kind(String elements) {
      this.elements = elements;
    }

    /** Whether A's elements are bits of floats. */
    boolean bits() {
      return this != STRIDED && this != SPARSE;
    }

    /** The parameter of those that leave terms out, with a type or as an argument. */
    String set(String type) {
      return this == SPARSE ? type + "set, " : "";
    }

    String className() {
      return "Simd" + name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT) + "Tiles";
    }
  }

  /**
   * A tile of {@code rows} × {@code vectors}.
   *
   * @param packedB whether the terms of B follow one another, each as wide as the tile; otherwise
   *     they are {@code ldb} apart
   */
  record Tile(Kind kind, int rows, int vectors, boolean packedB) {
    String name() {
      return kind.name().toLowerCase(Locale.ROOT) + rows + "x" + vectors;
    }

    /**
     * Whether a panel is a stack of lower ones: packing four rows together costs least. But of five
     * rows, the most that fit into 16 registers reliably, the compiler keeps the chains in
     * registers only if A has one base address.
     */
    boolean stacked() {
      return kind == Kind.PANEL && rows != 5;
    }

    /**
     * Whether the tile can go on with chains that were begun; otherwise they begin as a vector of
     * zeros, which saves a first layer, whose chains are short, a tenth of its time. Not where
     * there may be 16 registers: there the compiler spills such chains.
     */
    boolean goesOn() {
      return kind != Kind.SLIDING || vectors == 1;
    }

    /** Distance between the terms of B. */
    String ldb() {
      return packedB ? vectors == 1 ? "L" : "(" + vectors + " * L)" : "ldb";
    }
  }

  /** Every tile there is: for a new one add a line. */
  private static final List<Tile> TILES =
      Stream.of(
              // Products: 12 rows for 32 registers, 5 for 16; the others for the rows left over.
              tiles(Kind.PANEL, false, 2, 1, 2, 4, 12),
              tiles(Kind.PANEL, true, 2, 5),
              // Convolutions: whatever the rows of an image can be cut into. One vector wide are
              // only panels left over: of more than eight rows, two tiles.
              tiles(Kind.ROW, true, 4, 4, 5, 6),
              tiles(Kind.ROW, true, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13),
              tiles(Kind.ROW, true, 1, 4, 5, 6, 7, 8),
              // Gradients of their weights, and images of one channel.
              tiles(Kind.WINDOW, true, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13),
              tiles(Kind.WINDOW, true, 1, 4, 5, 6, 7, 8),
              // First layers.
              tiles(Kind.SLIDING, true, 2, 9),
              tiles(Kind.SLIDING, false, 1, 9),
              // Each channel on its own.
              tiles(Kind.CHANNEL, false, 1, 4, 5, 6, 7, 8),
              // Small products, and those whose zeros are skipped.
              tiles(Kind.STRIDED, false, 1, 1, 4),
              tiles(Kind.STRIDED, false, 8, 1),
              tiles(Kind.SPARSE, true, 8, 1))
          .flatMap(List::stream)
          .toList();

  /** Rows that are packed together for {@link Kind#PANEL}. */
  private static final int PACKED = 4;

  /** Terms of a group of {@link Kind#SLIDING}. */
  private static final int SLIDING_TERMS = 3;

  private final StringBuilder text = new StringBuilder();

  private Tiles() {}

  public static void main(String[] arguments) throws IOException {
    Path kernels = Path.of(arguments[0], "dev", "lanewise", "kernel");
    for (Kind kind : Kind.values()) {
      String java = new Tiles().file(kind, TILES.stream().filter(t -> t.kind == kind).toList());
      write(kernels.resolve("support", kind.className() + ".java"), java);
    }
    write(kernels.resolve("conv2d", "special", "SimdPooledTaps.java"), PooledTaps.text());
  }

  private static void write(Path file, String java) throws IOException {
    if (!Files.exists(file) || !Files.readString(file).equals(java)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, java);
    }
  }

  private static List<Tile> tiles(Kind kind, boolean packedB, int vectors, int... rows) {
    return IntStream.of(rows).mapToObj(r -> new Tile(kind, r, vectors, packedB)).toList();
  }

  private String file(Kind kind, List<Tile> tiles) {
    text.append(
        """
        // Written by src/main/codegen/Tiles.java: change that.
        package dev.lanewise.kernel.support;

        import jdk.incubator.vector.FloatVector;
        %simport jdk.incubator.vector.VectorSpecies;

        /**
         * Register tiles over %s.
         *
         * @see TileCall
         */
        public final class %s {
          private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
        %s  private static final int L = VectorWidth.LANES;

          /** Rows of the tallest tile. */
          public static final int MOST_ROWS = %d;

          /** Where chains begin that begin from +0. */
          private static final float[] ZEROS = new float[%s];

          private %s() {}

        """
            .formatted(
                kind.bits() ? "import jdk.incubator.vector.IntVector;\n" : "",
                kind.elements,
                kind.className(),
                kind.bits()
                    ? "  private static final VectorSpecies<Integer> I = VectorWidth.INTS;\n"
                    : "",
                tiles.stream().mapToInt(Tile::rows).max().orElseThrow(),
                times(tiles.stream().mapToInt(Tile::vectors).max().orElseThrow(), "L"),
                kind.className()));
    door(kind, tiles);
    tiles.forEach(this::method);
    return text.append("}\n").toString();
  }

  /** The one public method: finds the tile. */
  private void door(Kind kind, List<Tile> tiles) {
    line(1, "/**");
    line(1, " * Computes, or goes on with, the chains of a tile.");
    line(1, " *");
    line(1, " * @param rows rows of the tile");
    line(1, " * @param vectors its columns, in vectors");
    line(1, " * @param call the operands");
    if (kind == Kind.SPARSE) {
      line(1, " * @param set which terms are not left out: bit p for term p");
    }
    line(1, " * @param a where A's first element lies");
    line(1, " * @param b where B's lies");
    line(1, " * @param c where C's lies");
    line(1, " * @throws IllegalArgumentException if there is no such tile");
    line(1, " */");
    line(1, "public static void run(");
    line(3, "int rows, int vectors, TileCall call, %sint a, int b, int c) {", kind.set("long "));
    // Decided here, since a tile that was compiled before it saw both would be compiled again.
    line(2, "float[] s = call.first ? ZEROS : call.c;");
    line(2, "int start = call.first ? 0 : c;");
    if (tiles.stream().anyMatch(t -> t.rows > 1)) {
      line(2, "int lds = call.first ? 0 : call.ldc;");
    }
    if (kind == Kind.SLIDING) {
      line(2, "if (vectors == 2 && !call.first) {");
      line(3, "throw new IllegalArgumentException(\"two vectors wide, chains can only begin\");");
      line(2, "}");
    }
    if (kind == Kind.ROW || kind == Kind.WINDOW) {
      line(2, "if (vectors == 1 && rows > 8) {");
      line(3, "int half = rows / 2;");
      String next = kind == Kind.ROW ? "a + half * call.rowStride" : "a + half";
      line(3, "run(half, 1, call, a, b, c);");
      line(3, "run(rows - half, 1, call, %s, b, c + half * call.ldc);", next);
      line(3, "return;");
      line(2, "}");
    }
    line(2, "switch (rows * 16 + vectors) {");
    for (Tile tile : tiles) {
      String begun = !tile.goesOn() ? "" : tile.rows > 1 ? "s, start, lds, " : "s, start, ";
      String arguments = "call, " + begun + kind.set("") + "a, b, c";
      line(3, "case %d * 16 + %d -> %s(%s);", tile.rows, tile.vectors, tile.name(), arguments);
    }
    line(
        3,
        "default -> throw new IllegalArgumentException(\"no tile of \" + rows + \" × \" + vectors);");
    line(2, "}");
    line(1, "}");
  }

  private void method(Tile tile) {
    Kind kind = tile.kind;
    text.append('\n');
    String lds = tile.rows > 1 ? "int lds, " : "";
    String begun = tile.goesOn() ? "float[] s, int start, " + lds : "";
    line(1, "private static void %s(", tile.name());
    line(3, "TileCall call, %s%sint a, int b, int c) {", begun, kind.set("long "));
    operands(tile);
    for (int r = 0; r < tile.rows; r++) {
      for (int v = 0; v < tile.vectors; v++) {
        String held = "FloatVector.fromArray(S, s, " + at("start", r, "lds", v) + ")";
        line(2, "FloatVector %s = %s;", chain(r, v), tile.goesOn() ? held : "FloatVector.zero(S)");
      }
    }
    switch (kind) {
      case PANEL, WINDOW, ROW -> grouped(tile);
      case CHANNEL -> channels(tile);
      case SLIDING -> sliding(tile);
      case STRIDED -> strided(tile);
      case SPARSE -> sparse(tile);
    }
    for (int r = 0; r < tile.rows; r++) {
      for (int v = 0; v < tile.vectors; v++) {
        line(2, "%s.intoArray(to, %s);", chain(r, v), at("c", r, "ldc", v));
      }
    }
    line(1, "}");
  }

  /** What a tile needs of its call, in local variables: fields would be read in the loop. */
  private void operands(Tile tile) {
    Kind kind = tile.kind;
    if (kind.bits()) {
      line(2, "int[] bits = call.bits;");
    } else {
      line(2, "float[] from = call.a;");
    }
    if (kind.bits() && !tile.stacked()) {
      line(2, "int[] offsets = call.offsets;");
      line(2, "int firstGroup = call.firstGroup;");
      line(2, "int groups = call.groups;");
    }
    if (kind == Kind.ROW || kind == Kind.CHANNEL || kind == Kind.STRIDED && tile.rows > 1) {
      line(2, "int rowStride = call.rowStride;");
    }
    if (kind == Kind.WINDOW || !kind.bits()) {
      line(2, "int step = call.step;");
    }
    if (kind != Kind.SLIDING && kind != Kind.CHANNEL && kind != Kind.SPARSE) {
      line(2, "int terms = call.terms;");
    }
    line(2, "float[] panel = call.b;");
    if (!tile.packedB) {
      line(2, "int ldb = call.ldb;");
    }
    line(2, "float[] to = call.c;");
    if (tile.rows > 1) {
      line(2, "int ldc = call.ldc;");
    }
  }

  private void stack(Tile tile) {
    line(2, "for (int p = 0; p < terms; p++) {");
    line(3, "int j = b + p * %s;", tile.ldb());
    loadB(3, tile, 0);
    for (int r = 0; r < tile.rows; r++) {
      String i = "i" + r / PACKED;
      if (r % PACKED == 0) {
        int width = Math.min(PACKED, tile.rows - r);
        line(3, "int %s = %s + p * %d;", i, plus("a", r, "terms"), width);
      }
      broadcast(3, tile, r, plus(i, r % PACKED, ""));
      multiply(3, tile, r, 0);
    }
    line(2, "}");
  }

  private void grouped(Tile tile) {
    if (tile.stacked()) {
      stack(tile);
      return;
    }
    line(2, "for (int g = 0; g < groups; g++) {");
    boolean rows = tile.kind == Kind.ROW;
    line(3, "int group = a + offsets[firstGroup + g];");
    for (int r = 0; r < tile.rows && rows; r++) {
      line(3, "int i%d = %s;", r, plus("group", r, "rowStride"));
    }
    line(3, "int row = b + g * terms * %s;", tile.ldb());
    line(3, "for (int p = 0; p < terms; p++) {");
    if (!rows) {
      line(4, "int i = group + p * %s;", tile.kind == Kind.PANEL ? tile.rows : "step");
    }
    line(4, "int j = row + p * %s;", tile.ldb());
    loadB(4, tile, 0);
    for (int r = 0; r < tile.rows; r++) {
      broadcast(4, tile, r, rows ? "i" + r + " + p" : plus("i", r, ""));
      multiply(4, tile, r, 0);
    }
    line(3, "}");
    line(2, "}");
  }

  private void channels(Tile tile) {
    line(2, "for (int g = 0; g < groups; g++) {");
    line(3, "int i = a + offsets[firstGroup + g];");
    line(3, "int j = b + g * %s;", tile.ldb());
    loadB(3, tile, 0);
    for (int r = 0; r < tile.rows; r++) {
      broadcast(3, tile, r, plus("i", r, "rowStride"));
      multiply(3, tile, r, 0);
    }
    line(2, "}");
  }

  private void sliding(Tile tile) {
    line(2, "for (int g = 0; g < groups; g++) {");
    line(3, "int i = a + offsets[firstGroup + g];");
    line(3, "int j = b + g * %d * %s;", SLIDING_TERMS, tile.ldb());
    for (int t = 0; t < SLIDING_TERMS; t++) {
      loadB(3, tile, t);
    }
    for (int q = 0; q < tile.rows + SLIDING_TERMS - 1; q++) {
      broadcast(3, tile, q, plus("i", q, ""));
      for (int t = 0; t < SLIDING_TERMS; t++) {
        if (q >= t && q - t < tile.rows) {
          multiply(3, tile, q - t, t);
        }
      }
    }
    line(2, "}");
  }

  private void strided(Tile tile) {
    line(2, "for (int p = 0; p < terms; p++) {");
    line(3, "int i = a + p * step;");
    line(3, "int j = b + p * %s;", tile.ldb());
    loadB(3, tile, 0);
    for (int r = 0; r < tile.rows; r++) {
      broadcast(3, tile, r, plus("i", r, "rowStride"));
      multiply(3, tile, r, 0);
    }
    line(2, "}");
  }

  private void sparse(Tile tile) {
    line(2, "for (long left = set; left != 0; left &= left - 1) {");
    line(3, "int p = Long.numberOfTrailingZeros(left);");
    broadcast(3, tile, 0, "a + p * step");
    line(3, "int j = b + p * %s;", tile.ldb());
    loadB(3, tile, 0);
    multiply(3, tile, 0, 0);
    line(2, "}");
  }

  /** Loads term {@code t} of those that are multiplied together. */
  private void loadB(int depth, Tile tile, int t) {
    for (int v = 0; v < tile.vectors; v++) {
      String at = tile.packedB ? plus("j", t * tile.vectors + v, "L") : at("j", t, "ldb", v);
      line(depth, "FloatVector %s = FloatVector.fromArray(S, panel, %s);", element(tile, t, v), at);
    }
  }

  /**
   * Broadcasts an element of A, the {@code n}-th of its loop, or loads a vector of them. Calls of
   * the Vector API stand in the tile itself: the compiler refuses helpers in methods as large as
   * these, and vectors are then objects. An int is replicated straight from memory; a float would
   * take one more register.
   */
  private void broadcast(int depth, Tile tile, int n, String at) {
    String element =
        !tile.kind.bits()
            ? "FloatVector.broadcast(S, from[%s])"
            : tile.kind == Kind.CHANNEL
                ? "IntVector.fromArray(I, bits, %s).reinterpretAsFloats()"
                : "IntVector.broadcast(I, bits[%s]).reinterpretAsFloats()";
    line(depth, "%sx = %s;", n == 0 ? "FloatVector " : "", element.formatted(at));
  }

  private void multiply(int depth, Tile tile, int r, int t) {
    for (int v = 0; v < tile.vectors; v++) {
      line(depth, "%s = x.fma(%s, %s);", chain(r, v), element(tile, t, v), chain(r, v));
    }
  }

  private static String element(Tile tile, int term, int vector) {
    return tile.kind == Kind.SLIDING ? "b" + term + "_" + vector : "b" + vector;
  }

  private static String chain(int row, int vector) {
    return "c" + row + "_" + vector;
  }

  private static String at(String from, int row, String ld, int vector) {
    return plus(plus(from, row, ld), vector, "L");
  }

  /** {@code from + n * unit}, as one would write it. */
  private static String plus(String from, int n, String unit) {
    return n == 0 ? from : from + " + " + (unit.isEmpty() ? "" + n : times(n, unit));
  }

  private static String times(int n, String unit) {
    return n == 1 ? unit : n + " * " + unit;
  }

  private void line(int depth, String format, Object... arguments) {
    text.append("  ".repeat(depth)).append(format.formatted(arguments)).append('\n');
  }
}
