package dev.lanewise.kernel.support;

import static dev.lanewise.testing.Refusals.assertSentence;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class CheckTest {
  private static final int MAX = Integer.MAX_VALUE;

  @Test
  void atLeast() {
    assertEquals(3, Check.atLeast("n", 3, 3));
    assertSentence("n is 2, but must be at least 3", () -> Check.atLeast("n", 2, 3));
  }

  @Test
  void range() {
    assertDoesNotThrow(() -> Check.range("a", 10, 3, 7));
    assertDoesNotThrow(() -> Check.range("a", 10, 10, 0));
    assertDoesNotThrow(() -> Check.range("a", 0, 99, 0), "an empty stretch touches nothing");
    assertSentence("aOffset is -1, but must not be negative", () -> Check.range("a", 10, -1, 2));
    assertSentence(
        "a has 10 elements, but 8 from offset 3 are needed", () -> Check.range("a", 10, 3, 8));
    assertSentence(
        "a has 10 elements, but 2147483647 from offset 2147483647 are needed",
        () -> Check.range("a", 10, MAX, MAX));
  }

  @Test
  void matrix() {
    assertDoesNotThrow(() -> Check.matrix("a", 12, 0, 3, 4, 4));
    assertDoesNotThrow(() -> Check.matrix("a", 14, 0, 3, 4, 5), "the last row needs no gap");
    assertDoesNotThrow(() -> Check.matrix("a", 0, 0, 0, 4, 4));
    assertDoesNotThrow(() -> Check.matrix("a", 0, 0, 4, 0, 1));
    assertSentence(
        "the leading dimension of a is 3, but must be at least 4",
        () -> Check.matrix("a", 12, 0, 3, 4, 3));
    assertSentence(
        "the leading dimension of a is 0, but must be at least 1",
        () -> Check.matrix("a", 12, 0, 3, 0, 0));
    assertSentence(
        "a has 13 elements, but 14 from offset 0 are needed",
        () -> Check.matrix("a", 13, 0, 3, 4, 5));
    assertThrows(
        IllegalArgumentException.class,
        () -> Check.matrix("a", 1000, 0, 1 << 16, 1 << 16, 1 << 16));
    assertEquals(1L << 32, Check.span(1 << 16, 1 << 16, 1 << 16));
  }

  @Test
  void disjoint() {
    float[] a = new float[20];
    assertDoesNotThrow(() -> Check.disjoint("c", a, 0, 10, "a", a, 10, 10));
    assertDoesNotThrow(() -> Check.disjoint("c", a, 10, 10, "a", a, 0, 10));
    assertDoesNotThrow(() -> Check.disjoint("c", a, 5, 0, "a", a, 0, 10));
    assertDoesNotThrow(() -> Check.disjoint("c", a, 0, 10, "a", a.clone(), 0, 10));
    assertSentence(
        "c (elements 0 to 9) overlaps a (elements 9 to 18) in the same array, but must lie apart"
            + " from it",
        () -> Check.disjoint("c", a, 0, 10, "a", a, 9, 10));
    assertThrows(
        IllegalArgumentException.class, () -> Check.disjoint("c", a, 9, 10, "a", a, 0, 10));
    assertThrows(IllegalArgumentException.class, () -> Check.disjoint("c", a, 3, 1, "a", a, 0, 10));
  }

  @Test
  void sameOrDisjoint() {
    float[] a = new float[20];
    assertDoesNotThrow(() -> Check.sameOrDisjoint("y", a, 3, "x", a, 3, 10));
    assertDoesNotThrow(() -> Check.sameOrDisjoint("y", a, 0, "x", a, 10, 10));
    assertThrows(
        IllegalArgumentException.class, () -> Check.sameOrDisjoint("y", a, 3, "x", a, 4, 10));
  }

  @Test
  void multiples() {
    assertEquals(6, Multiples.greatestCommonDivisor(18, 24));
    assertEquals(1, Multiples.greatestCommonDivisor(7, 1));
    assertEquals(72, Multiples.leastCommonMultiple(18, 24));
    assertEquals((long) MAX * (MAX - 1), Multiples.leastCommonMultiple(MAX, MAX - 1));
  }

  @Test
  void within() {
    assertEquals(0.5, Check.within("rate", 0.5, 0, 1));
    assertEquals(1, Check.within("rate", 1, 0, 1));
    assertSentence(
        "rate is 1.5, but must be from 0.0 to 1.0", () -> Check.within("rate", 1.5, 0, 1));
    assertSentence(
        "rate is NaN, but must be from 0.0 to 1.0", () -> Check.within("rate", Double.NaN, 0, 1));
  }

  @Test
  void elements() {
    assertEquals(24, Check.elements("x", 2, 3, 4));
    assertEquals(0, Check.elements("x", 0, MAX, MAX, MAX));
    assertEquals(0, Check.elements("x", MAX, MAX, MAX, 0), "empty, wherever the zero stands");
    assertEquals(MAX, Check.elements("x", MAX));
    assertSentence(
        "x of shape [256, 64, 384, 386] has too many elements: an array holds at most 2147483647",
        () -> Check.elements("x", 256, 64, 384, 386));
    assertThrows(
        IllegalArgumentException.class, () -> Check.elements("x", MAX, MAX, MAX, MAX, MAX));
    // 2^64 elements: 0 in arithmetic of 64 bits.
    assertThrows(
        IllegalArgumentException.class,
        () -> Check.elements("x", 1 << 16, 1 << 16, 1 << 16, 1 << 16));
  }

  @Test
  void windows() {
    assertDoesNotThrow(() -> Check.window("kernel", "height", 5, 0, 0, 3, 2));
    assertSentence(
        "the kernel covers 5 pixels in height (kernel 3, dilation 2), but the image has only 4"
            + " there (4 with padding 0 and 0)",
        () -> Check.window("kernel", "height", 4, 0, 0, 3, 2));
    assertThrows(
        IllegalArgumentException.class, () -> Check.window("kernel", "height", 4, 0, 0, MAX, MAX));
    assertEquals(13, Check.positions(26, 0, 0, 2, 1, 2));
    assertEquals(1, Check.positions(3, 0, 0, 3, 1, 7));
    assertEquals(3, Check.positions(5, 1, 1, 3, 2, 1));
    assertThrows(IllegalArgumentException.class, () -> Check.padding("top", 3, 3));
    assertThrows(IllegalArgumentException.class, () -> Check.padding("top", -1, 3));
    assertDoesNotThrow(() -> Check.padding("top", 2, 3));
  }

  /** Keras: as many places as ceil(size / stride), whatever the window. */
  @Test
  void samePadding() {
    assertEquals(1, Check.samePadding(6, 3, 1, 2));
    assertEquals(2, Check.samePadding(7, 3, 1, 2));
    assertEquals(0, Check.samePadding(7, 1, 1, 3));
    for (int size = 1; size < 20; size++) {
      for (int window = 1; window < 6; window++) {
        for (int dilation = 1; dilation < 3; dilation++) {
          for (int stride = 1; stride < 5; stride++) {
            int total = Check.samePadding(size, window, dilation, stride);
            int places =
                Check.positions(size, total / 2, total - total / 2, window, dilation, stride);
            assertEquals((size + stride - 1) / stride, places);
          }
        }
      }
    }
    assertThrows(IllegalArgumentException.class, () -> Check.samePadding(7, 3, 1, 0));
    assertEquals(0, Check.samePadding(7, 3, 1, 1 << 30), "one window, inside the image");
    assertSentence(
        "a window that covers 2147483649 pixels (window 3, dilation 1073741824) needs a padding of"
            + " 2147483648, but it must be at most 2147483647",
        () -> Check.samePadding(1, 3, 1 << 30, 1));
  }
}
