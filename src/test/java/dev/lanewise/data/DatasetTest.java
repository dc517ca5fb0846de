package dev.lanewise.data;

import static dev.lanewise.testing.Refusals.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.pointwise.Elementwise;
import dev.lanewise.kernel.pointwise.ScalarPointwise;
import dev.lanewise.kernel.pointwise.SimdPointwise;
import dev.lanewise.tensor.Shape;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.Memory;
import dev.lanewise.testing.Teams;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatasetTest {
  @Test
  void bytesAreScaledExactly() {
    byte[] bytes = new byte[256];
    for (int i = 0; i < 256; i++) {
      bytes[i] = (byte) i;
    }
    ByteSamples samples = ByteSamples.of(bytes, Shape.of(4));
    assertEquals(64, samples.count());
    int[] order = new int[64];
    Shuffle.ascending(order);
    float[] batch = new float[256];
    samples.gather(order, 0, 64, batch, 0);
    for (int i = 0; i < 256; i++) {
      assertEquals(i / 255f, batch[i]);
    }
  }

  @Test
  void gathersInOrder() {
    ByteSamples bytes = ByteSamples.of(new byte[] {0, 51, 102, (byte) 153, -1, 0}, Shape.of(1, 2));
    FloatSamples floats = FloatSamples.of(new float[] {1, 2, 3, 4, 5, 6}, Shape.of(2));
    int[] order = {9, 2, 0, 2, 9};
    Guarded fromBytes = Guarded.of(6, 5);
    bytes.gather(order, 1, 3, fromBytes.array, fromBytes.offset);
    assertArrayEquals(new float[] {1, 0, 0, .2f, 1, 0}, fromBytes.values());
    fromBytes.assertIntact("bytes");
    for (Elementwise kernel : List.of(new ScalarPointwise(), new SimdPointwise(Teams.of(2)))) {
      Guarded scaled = Guarded.of(6, 5);
      bytes.gather(kernel, order, 1, 3, scaled.array, scaled.offset);
      assertArrayEquals(fromBytes.values(), scaled.values());
      scaled.assertIntact("bytes, by a kernel");
    }
    Guarded fromFloats = Guarded.of(6, 5);
    floats.gather(order, 1, 3, fromFloats.array, fromFloats.offset);
    assertArrayEquals(new float[] {5, 6, 1, 2, 5, 6}, fromFloats.values());
    fromFloats.assertIntact("floats");
    int[] labels = new int[5];
    Labels.of(new int[] {4, 0, 7}, 8).gather(order, 1, 3, labels, 1);
    assertArrayEquals(new int[] {0, 7, 4, 7, 0}, labels);
    float[] targets = new float[6];
    DenseTargets.of(new float[] {1, 2, 3, 4, 5, 6}, Shape.of(2)).gather(order, 1, 3, targets, 0);
    assertArrayEquals(new float[] {5, 6, 1, 2, 5, 6}, targets);
    floats.gather(order, 0, 0, new float[0], 0);
  }

  @Test
  void slices() {
    FloatSamples floats = FloatSamples.of(new float[] {1, 2, 3, 4, 5, 6}, Shape.of(2));
    Dataset data = new Dataset(floats, Labels.of(new int[] {0, 1, 2}, 3));
    assertSame(data, data.limit(3));
    assertSame(data, data.limit(99));
    assertEquals(2, data.limit(2).count());
    Dataset last = data.slice(1, 3).slice(1, 2);
    float[] batch = new float[2];
    last.samples().gather(new int[] {0}, 0, 1, batch, 0);
    assertArrayEquals(new float[] {5, 6}, batch);
    assertEquals(2, ((Labels) last.targets()).label(0));
    float[] categorical = new float[3];
    ((Labels) last.targets()).toCategorical().gather(new int[] {0}, 0, 1, categorical, 0);
    assertArrayEquals(new float[] {0, 0, 1}, categorical);
    ByteSamples bytes = ByteSamples.of(new byte[] {0, 0, -1, -1}, Shape.of(2)).slice(1, 2);
    bytes.gather(new int[] {0}, 0, 1, batch, 0);
    assertArrayEquals(new float[] {1, 1}, batch);
    assertEquals(2, bytes.position(0));
    assertSentence("limit is 0, but must be at least 1", () -> data.limit(0));
    assertSentence(
        "the slice from 2 to 4 is empty or leaves the 3 that there are", () -> data.slice(2, 4));
    assertThrows(IllegalArgumentException.class, () -> data.slice(2, 2));
    assertThrows(IllegalArgumentException.class, () -> data.slice(-1, 2));
  }

  @Test
  void toCategorical() {
    DenseTargets rows = Labels.of(new int[] {2, 0}, 3).toCategorical();
    assertEquals(Shape.of(3), rows.shape());
    float[] values = new float[6];
    rows.gather(new int[] {0, 1}, 0, 2, values, 0);
    assertArrayEquals(new float[] {0, 0, 1, 1, 0, 0}, values);
  }

  /** FR-03: a label outside the classes gave a loss of NaN without a word. */
  @Test
  void refusesLabelsThatAreNoClass() {
    int[] labels = Cases.fieldReports("FR-03").getFirst().input("labels").ints();
    assertSentence(
        "label 3 at position 1 is none of the 3 classes, which are numbered from 0 to 2",
        () -> Labels.of(labels, 3));
    assertThrows(IllegalArgumentException.class, () -> Labels.of(new int[] {-1}, 3));
    assertThrows(IllegalArgumentException.class, () -> Labels.of(labels, 3));
    assertThrows(IllegalArgumentException.class, () -> Labels.of(new int[0], 3));
    int[] own = {1, 2};
    Labels kept = Labels.of(own, 3);
    own[0] = 99;
    assertEquals(1, kept.label(0));
    assertThrows(IllegalArgumentException.class, () -> kept.label(2));
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertSentence(
        "bytes has 5 elements, but must hold one or more of shape (2,) (2 elements each)",
        () -> ByteSamples.of(new byte[5], Shape.of(2)));
    assertThrows(IllegalArgumentException.class, () -> FloatSamples.of(new float[0], Shape.of(2)));
    assertThrows(IllegalArgumentException.class, () -> FloatSamples.of(new float[4], Shape.of(0)));
    assertSentence(
        "there are 2 samples, but 3 targets; each sample needs one",
        () -> Dataset.of(new float[4], Shape.of(2), new int[3], 2));
    FloatSamples floats = FloatSamples.of(new float[6], Shape.of(2));
    float[] batch = {7, 7, 7, 7};
    assertSentence(
        "order[1] is 3, but must be from 0 to 2",
        () -> floats.gather(new int[] {0, 3}, 0, 2, batch, 0));
    assertSentence(
        "from is 1 and count is 2, but order has 2 elements",
        () -> floats.gather(new int[] {0, 1}, 1, 2, batch, 0));
    assertSentence(
        "batch has 4 elements, but 4 from offset 1 are needed",
        () -> floats.gather(new int[] {0, 1}, 0, 2, batch, 1));
    assertThrows(
        IllegalArgumentException.class, () -> floats.gather(new int[] {-1}, 0, 1, batch, 0));
    assertThrows(
        IllegalArgumentException.class, () -> floats.gather(new int[] {0}, 0, -1, batch, 0));
    assertArrayEquals(new float[] {7, 7, 7, 7}, batch);
  }

  @Test
  void gatheringAllocatesNothing() {
    ByteSamples bytes = ByteSamples.of(new byte[100 * 50], Shape.of(50));
    Labels labels = Labels.of(new int[100], 10);
    int[] order = new int[100];
    float[] batch = new float[64 * 50];
    int[] batchLabels = new int[64];
    long least = Long.MAX_VALUE;
    for (int window = 0; window < 20; window++) {
      long before = Memory.allocated();
      for (int i = 0; i < 100; i++) {
        Shuffle.epoch(1, i, order);
        bytes.gather(order, 0, 64, batch, 0);
        labels.gather(order, 0, 64, batchLabels, 0);
      }
      least = Math.min(least, Memory.allocated() - before);
    }
    assertTrue(least < 100, least + " bytes");
  }
}
