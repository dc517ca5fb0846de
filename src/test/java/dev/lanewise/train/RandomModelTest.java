package dev.lanewise.train;

import dev.lanewise.testing.Twin;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A few {@link RandomModel}s at each vector width. */
@Tag("twin")
@ExtendWith(Twin.class)
class RandomModelTest {
  @Test
  void everyTrainingAndPredictionIsTheSameToTheBit() {
    for (int seed = 0; seed < 60; seed++) {
      new RandomModel(seed).check();
    }
  }
}
