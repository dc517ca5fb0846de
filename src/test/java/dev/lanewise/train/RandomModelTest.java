package dev.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.lanewise.nn.Layer;
import dev.lanewise.testing.AtEveryWidth;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * Whole trainings: SIMD and scalar kernels, fused and unfused plans, and teams of every size give
 * the same weights, losses and predictions to the bit. A few {@link RandomModel}s at each width.
 */
@AtEveryWidth
class RandomModelTest {
  private static final int MODELS = 60;

  /** What is a layer and in none of the models would be trained by no random model. */
  @Test
  void everyLayerIsDrawn() {
    Set<String> layers =
        new ClassFileImporter()
            .importPackages("dev.lanewise.nn").stream()
                .filter(type -> type.isAssignableTo(Layer.class) && !type.isInterface())
                .filter(type -> type.getPackageName().equals("dev.lanewise.nn"))
                .map(JavaClass::getSimpleName)
                .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(layers.size() >= 11, layers.toString());
    for (int seed = 0; seed < MODELS; seed++) {
      for (Layer layer : new RandomModel(seed).layers()) {
        layers.remove(layer.getClass().getSimpleName());
      }
    }
    assertEquals(Set.of(), layers, "layers that RandomModel does not draw");
  }

  @Test
  void everyTrainingAndPredictionIsTheSameToTheBit() {
    for (int seed = 0; seed < MODELS; seed++) {
      new RandomModel(seed).check();
    }
  }

  /** Others in each run; a failure names its seed. */
  @Property(tries = MODELS)
  void soIsThatOfOtherModels(@ForAll long seed) {
    new RandomModel(seed).check();
  }
}
