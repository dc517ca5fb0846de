package dev.lanewise.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What a tensor says of itself. */
class TensorTest {
  private static Tensor ascending(int... dims) {
    float[] data = new float[Shape.of(dims).elements()];
    for (int i = 0; i < data.length; i++) {
      data[i] = i;
    }
    return Tensor.of(data, dims);
  }

  private static void said(String text, Tensor tensor) {
    assertEquals(text, tensor.toString());
  }

  @Test
  void fewElementsAreWrittenInFull() {
    said("Tensor() 0.0", ascending());
    said("Tensor(3,) [0.0, 1.0, 2.0]", ascending(3));
    said("Tensor(2, 2) [[0.0, 1.0], [2.0, 3.0]]", ascending(2, 2));
    said("Tensor(2, 1, 2) [[[0.0, 1.0]], [[2.0, 3.0]]]", ascending(2, 1, 2));
    said("Tensor(0,) []", ascending(0));
    said("Tensor(2, 0) []", ascending(2, 0));
    said(
        "Tensor(3,) [NaN, -0.0, -Infinity]",
        Tensor.of(new float[] {Float.NaN, -0f, Float.NEGATIVE_INFINITY}, 3));
    String most = ascending(64).toString();
    assertTrue(most.endsWith(", 62.0, 63.0]") && !most.contains("..."), most);
  }

  @Test
  void ofManyTheEndsAreWritten() {
    said("Tensor(100,) [0.0, 1.0, 2.0, ..., 97.0, 98.0, 99.0]", ascending(100));
    said(
        "Tensor(7, 10) [[0.0, 1.0, 2.0, ..., 7.0, 8.0, 9.0], [10.0, 11.0, 12.0, ..., 17.0, 18.0,"
            + " 19.0], [20.0, 21.0, 22.0, ..., 27.0, 28.0, 29.0], ..., [40.0, 41.0, 42.0, ...,"
            + " 47.0, 48.0, 49.0], [50.0, 51.0, 52.0, ..., 57.0, 58.0, 59.0], [60.0, 61.0, 62.0,"
            + " ..., 67.0, 68.0, 69.0]]",
        ascending(7, 10));
    said(
        "Tensor(40, 2) [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0], ..., [74.0, 75.0], [76.0, 77.0],"
            + " [78.0, 79.0]]",
        ascending(40, 2));
  }

  /** However many elements and axes there are. */
  @Test
  void theTextIsBounded() {
    int[] twos = new int[20];
    Arrays.fill(twos, 2);
    for (Tensor tensor :
        new Tensor[] {ascending(twos), ascending(9, 9, 9, 9), ascending(1 << 20)}) {
      String text = tensor.toString();
      assertTrue(text.length() < 1200, () -> text.length() + " characters: " + text);
      assertEquals(
          text.chars().filter(c -> c == '[').count(), text.chars().filter(c -> c == ']').count());
    }
  }
}
