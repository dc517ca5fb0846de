package dev.lanewise.train;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Four thousand {@link RandomModel}s, other ones in each run; a failure names its seed, with which
 * {@code -Dlanewise.seed} begins.
 */
@Tag("thorough")
class ManyRandomModelsTest {
  private static final int MODELS = 4000;

  @Test
  void everyTrainingAndPredictionIsTheSameToTheBit() {
    long first = Long.getLong("lanewise.seed", System.nanoTime());
    for (int i = 0; i < MODELS; i++) {
      new RandomModel(first + i).check();
    }
    System.out.println(MODELS + " random models from seed " + first);
  }
}
