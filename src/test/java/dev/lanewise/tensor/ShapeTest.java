package dev.lanewise.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Cases;
import org.junit.jupiter.api.Test;

class ShapeTest {
  @Test
  void knowsItsDimensions() {
    Shape shape = Shape.of(2, 3, 4);
    assertEquals(3, shape.rank());
    assertEquals(3, shape.dim(1));
    assertEquals(4, shape.dim(-1));
    assertEquals(24, shape.elements());
    assertArrayEquals(new int[] {2, 3, 4}, shape.dims());
    assertEquals(1, Shape.of().elements());
    assertEquals(0, Shape.of(3, 0).elements());
    shape.dims()[0] = 9;
    assertEquals(2, shape.dim(0));
    int[] dims = {2, 3};
    Shape kept = Shape.of(dims);
    dims[0] = 9;
    assertEquals(Shape.of(2, 3), kept);
  }

  @Test
  void leavesTheBatchOpen() {
    Shape open = Shape.of(28, 28, 1).batched();
    assertEquals(Shape.of(Shape.BATCH, 28, 28, 1), open);
    assertTrue(open.hasBatch());
    assertEquals(Shape.of(64, 28, 28, 1), open.withBatch(64));
    assertEquals(Shape.of(64, 2), Shape.of(64, 2).withBatch(7));
    assertEquals(Shape.of(28, 28, 1), open.sample());
    assertFalse(Shape.of(3, 4).hasBatch());
    assertFalse(Shape.of().hasBatch());
    assertEquals(Shape.of(Shape.BATCH), Shape.of().batched());
    assertThrows(IllegalStateException.class, open::elements);
    assertThrows(IllegalStateException.class, open::batched);
    assertThrows(IllegalStateException.class, () -> Shape.of().sample());
    assertThrows(IllegalArgumentException.class, () -> open.withBatch(-1));
  }

  @Test
  void isWrittenAsInKeras() {
    assertEquals("(None, 28, 28, 1)", Shape.of(Shape.BATCH, 28, 28, 1).toString());
    assertEquals("(10,)", Shape.of(10).toString());
    assertEquals("(None,)", Shape.of(Shape.BATCH).toString());
    assertEquals("()", Shape.of().toString());
  }

  @Test
  void equalsByDimensions() {
    assertEquals(Shape.of(2, 3).hashCode(), Shape.of(2, 3).hashCode());
    assertNotEquals(Shape.of(2, 3), Shape.of(3, 2));
    assertNotEquals(Shape.of(6), Shape.of(6, 1));
  }

  /** FR-31: the product of the dimensions was formed in 32 bits. */
  @Test
  void refusesSizesThatNoArrayHolds() {
    int[] dims = Cases.fieldReports("FR-31").getFirst().inputs().ints("dims");
    String message =
        assertThrows(IllegalArgumentException.class, () -> Shape.of(dims)).getMessage();
    assertEquals(
        "shape (256, 64, 384, 386) has 2428502016 elements, but an array holds at most 2147483647",
        message);
    int max = Integer.MAX_VALUE;
    assertThrows(IllegalArgumentException.class, () -> Shape.of(max, max, max, max, max));
    assertThrows(IllegalArgumentException.class, () -> Shape.of(1 << 16, 1 << 16));
    assertThrows(IllegalArgumentException.class, () -> Shape.of(Shape.BATCH, 1 << 16, 1 << 16));
    Shape open = Shape.of(Shape.BATCH, 1 << 16);
    assertThrows(IllegalArgumentException.class, () -> open.withBatch(1 << 16));
    assertEquals(0, Shape.of(0, max, max, max).elements());
    assertEquals(0, Shape.of(max, max, max, 0).elements());
    assertEquals(max, Shape.of(max).elements());
  }

  /** FR-31.2: a negative dimension. −1 in front is the open batch, which no tensor can have. */
  @Test
  void refusesNegativeDimensions() {
    int[] dims = Cases.fieldReports("FR-31").get(1).inputs().ints("dims");
    assertThrows(IllegalArgumentException.class, () -> Tensor.of(new float[4], dims));
    assertThrows(IllegalArgumentException.class, () -> Shape.of(4, -1));
    String message =
        assertThrows(IllegalArgumentException.class, () -> Shape.of(-2, 4)).getMessage();
    assertTrue(message.contains("negative dimension -2"), message);
    assertThrows(IllegalArgumentException.class, () -> Shape.of(2, 4).dim(2));
    assertThrows(IllegalArgumentException.class, () -> Shape.of(2, 4).dim(-3));
  }

  @Test
  void tensorsAreChecked() {
    Tensor tensor = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    assertEquals(tensor, tensor.copy());
    assertEquals(tensor.hashCode(), tensor.copy().hashCode());
    assertNotEquals(tensor, Tensor.of(tensor.data(), 3, 2));
    assertEquals("Tensor(2, 3) [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]", tensor.toString());
    assertEquals(6, Tensor.zeros(Shape.of(2, 3)).data().length);
    String message =
        assertThrows(IllegalArgumentException.class, () -> Tensor.of(new float[5], 2, 3))
            .getMessage();
    assertEquals("data has 5 elements, but shape (2, 3) needs 6", message);
  }
}
