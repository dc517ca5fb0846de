package dev.lanewise.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Bits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvTest {
  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;

  @TempDir private Path folder;

  private void reads(String text, int columns, float... values) throws IOException {
    Tensor table = Csv.read(Files.writeString(folder.resolve("table.csv"), text));
    assertEquals(Shape.of(values.length / columns, columns), table.shape(), text);
    Bits.assertSame(text, values, table.data());
  }

  private void refused(String text, String message) throws IOException {
    refused(text.getBytes(StandardCharsets.UTF_8), message);
  }

  private void refused(byte[] bytes, String message) throws IOException {
    Path file = Files.write(folder.resolve("table.csv"), bytes);
    String said = assertThrows(InvalidFileException.class, () -> Csv.read(file)).getMessage();
    assertEquals(file + " " + message, said);
  }

  private static String misplaced(String cell, int line) {
    return "has '" + cell + "' in line " + line + ", where a number must stand";
  }

  @Test
  void tablesOfNumbers() throws IOException {
    reads("height,width\n1,2.5\n\n-3e2 , NaN\n", 2, 1, 2.5f, -300, NAN);
    refused("1;2\n3;4;5\n", "has 3 numbers in line 2, but 2 in the first");
    refused("1\t2\n3\tx\n", misplaced("x", 2));
    refused("only,words\n", "holds no line of numbers");
    refused("", "holds no line of numbers");
    refused("\n \n\t\n", "holds no line of numbers");
    reads("1,2\r3,4\r\n5,6\n\r\n7,8", 2, 1, 2, 3, 4, 5, 6, 7, 8);
    reads("7", 1, 7);
    reads("x\r1\r2", 1, 1, 2);
    reads("+.5e+1,5.,-0\n", 3, 5, 5, -0f);
  }

  /** FD-15: what begins with a byte order mark lost its first row. */
  @Test
  void byteOrderMarks() throws IOException {
    reads("\ufeff1,2,3\n4,5,6\n", 3, 1, 2, 3, 4, 5, 6);
    reads("\ufeff\"1\";2\n", 2, 1, 2);
    reads("\ufeffa,b\n1,2\n", 2, 1, 2);
    refused("1,2\n\ufeff3,4\n", misplaced("\\ufeff3", 2)); // two files, one behind the other
  }

  /** FD-15: a first row with a number in it, or with what was meant for numbers, is no header. */
  @Test
  void headersHaveNoNumbers() throws IOException {
    refused("x,2\n3,4\n", misplaced("x", 1));
    refused("1,x\n3,4\n", misplaced("x", 1));
    refused("1f,2d\n3,4\n", misplaced("1f", 1));
    refused("1'000,2'000\n3,4\n", misplaced("1'000", 1));
    refused(
        "1,5\t2,5\n3\t4\n",
        misplaced("1,5", 1) + " (decimal commas are read where semicolons separate)");
    refused("name,other\na,b\n1,2\n", misplaced("a", 2));
    reads("label,1x1,1x2\n7,0,255\n", 3, 7, 0, 255); // a well-known MNIST as CSV
    reads(",a,b\n0,1,2\n", 3, 0, 1, 2); // pandas with its index
    reads("\"a, b\",\"c \"\"d\"\"\ne\"\n1,2\n", 2, 1, 2);
    refused("\"a\nb\",c\n1,x\n", misplaced("x", 3));
    refused("a,b,c\n1,2\n", "has 2 numbers in line 2, but 3 names in its header");
    refused("x\n1,5\n", "has 2 numbers in line 2, but 1 name in its header");
  }

  /** FD-17: decimal commas doubled the columns. */
  @Test
  void oneSeparatorAndOneDecimalMark() throws IOException {
    reads("1,5;2,5\n3,5;4,5\n", 2, 1.5f, 2.5f, 3.5f, 4.5f);
    reads("a;b\n1,5;-2,5e-1\n3;,5\n", 2, 1.5f, -0.25f, 3, 0.5f);
    reads("1.5;2.5\n", 2, 1.5f, 2.5f);
    reads("sep=;\r\n1\r\n2\r\n", 1, 1, 2);
    reads("sep=\t\na\tb\n1\t2\n", 2, 1, 2);
    reads("\"1,5\";\"2\"\n", 2, 1.5f, 2);
    refused(
        "1,5;2\n3;4.5\n",
        "has '4.5' in line 2, but '1,5' in line 1, and a file must have one decimal mark");
    refused("1;1.234,5\n", misplaced("1.234,5", 1));
    refused("1,2\n3;4\n", "has 1 number in line 2, but 2 in the first");
    refused("1;2\n3\t4;5\n", misplaced("3\\t4", 2));
    refused("1,5 2,5\n", misplaced("5 2", 1));
    refused(
        "\"1,5\",2\n",
        misplaced("1,5", 1) + " (decimal commas are read where semicolons separate)");
  }

  /** FD-18: as NumPy, pandas, C, R and Java spell them, and no spelling of Java's alone. */
  @Test
  void numbersThatAreNotFinite() throws IOException {
    reads("nan,NaN,NAN,-nan,nan(0x8000),1.#QNAN,-1.#IND\n", 7, NAN, NAN, NAN, NAN, NAN, NAN, NAN);
    reads("inf,-inf,+Inf,Infinity,-Infinity,1.#INF\n", 6, INF, -INF, INF, INF, -INF, INF);
    reads("a,b\n1,\n,2\n", 2, 1, NAN, NAN, 2); // pandas
    reads("a\n1.5\n\"\"\n", 1, 1.5f, NAN); // pandas, one column
    refused("1,2,\n3,4,\n", "has nothing in column 3 (does each line end with a separator?)");
    for (String java :
        new String[] {
          "1f", "2d", "0x1p3", "1L", "1_000", "٣", "１", "1e", "e1", ".", "-", "1e1.5", "--1",
          "NaNa", "1.#X"
        }) {
      refused("1,2\n3," + java + "\n", misplaced(java, 2));
    }
    refused("1,1e400\n", "has '1e400' in line 1, which is too large for a float");
    refused("1,-3.5e38\n", "has '-3.5e38' in line 1, which is too large for a float");
    reads("1e-400,3.4028235e38\n", 2, 0, Float.MAX_VALUE);
  }

  /** FD-18: numpy.savetxt's default, with and without a header. */
  @Test
  void blanksSeparateWhereNothingElseDoes() throws IOException {
    reads("1.000000000000000000e+00 -2.500000000000000000e+00\nnan inf\n", 2, 1, -2.5f, NAN, INF);
    reads("# height, width; in cm\n# second line\n1 2\n3 4\n# footer\n", 2, 1, 2, 3, 4);
    reads("   1   2\n  30  40  \n", 2, 1, 2, 30, 40);
    reads("body height\n1.5\n2\n", 1, 1.5f, 2);
    reads("\"a b\" \"c\"\n\"1\" 2\n", 2, 1, 2);
    refused("1 2\n3 x\n", misplaced("x", 2));
    refused("1 2\n3\n", "has 1 number in line 2, but 2 in the first");
  }

  @Test
  void quotedNumbers() throws IOException {
    reads("\"1\",\"2.5\"\n\"3\", \"-4\" \n", 2, 1, 2.5f, 3, -4);
    refused("\"1\"\"\",2\n", misplaced("1\"", 1));
    refused("\"1\"2,3\n", misplaced("\"1\"2", 1));
    refused("1,2\n3,\"4\n5,6\n", "has a quote in line 2 that is not closed");
  }

  @Test
  void otherEncodingsAreNamed() throws IOException {
    String utf16 = "is text in UTF-16 (called Unicode by spreadsheets); save it in UTF-8";
    String table = "1;2\n3;4\n";
    refused(table.getBytes(StandardCharsets.UTF_16), utf16);
    refused(table.getBytes(StandardCharsets.UTF_16LE), utf16);
    refused(table.getBytes(StandardCharsets.UTF_16BE), utf16);
    refused(("\ufeff" + table).getBytes(StandardCharsets.UTF_16LE), utf16);
    refused(
        ("\ufeff" + table).getBytes(StandardCharsets.UTF_32LE),
        "is text in UTF-32; save it in UTF-8");
    refused(
        "größe;höhe\n1;2\n".getBytes(StandardCharsets.ISO_8859_1),
        "has the byte f6 in line 1, which is no UTF-8; if it is text in Latin-1 (ISO 8859-1,"
            + " Windows-1252), save it in UTF-8");
    byte[] bytes = "größe😀;x\r\n1;2\r\n?;3".getBytes(StandardCharsets.UTF_8);
    bytes[bytes.length - 3] = (byte) 0xe4;
    refused(
        bytes,
        "has the byte e4 in line 3, which is no UTF-8; if it is text in Latin-1 (ISO 8859-1,"
            + " Windows-1252), save it in UTF-8");
  }

  /** What a message quotes is on one line, escaped and bounded. */
  @Test
  void quotesAreBoundedAndEscaped() throws IOException {
    refused("1,2\n3,\"\u001b[31m\nx\u202e\"\n", misplaced("\\u001b[31m\\nx\\u202e", 2));
    refused("1,2\n3," + "x".repeat(10_000) + "\n", misplaced("x".repeat(60) + "…", 2));
  }
}
