package dev.lanewise.train;

import static dev.lanewise.testing.Refusals.assertSentence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Dataset;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.update.ScalarUpdate;
import dev.lanewise.kernel.update.Update;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Adam;
import dev.lanewise.tensor.Shape;
import dev.lanewise.testing.Each;
import dev.lanewise.testing.Models;
import dev.lanewise.testing.Twins;
import dev.lanewise.train.callback.Checkpoints;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A step that throws between two updates leaves weights of two steps: the model says so. */
class StepFailureTest {
  private static final Dataset DATA = Clouds.of(1, 64);
  private static final FitOptions OPTIONS = new FitOptions(2, 16);

  @TempDir private Path folder;

  /** What a fault in the middle of a step throws. */
  private static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static Sequential model(long seed) {
    return new Sequential(
        seed,
        Shape.of(2),
        new Dense(8, ActivationFunction.RELU),
        new Dense(Clouds.CLASSES, ActivationFunction.SOFTMAX));
  }

  private static Trainer trainer(Sequential model, Kernels kernels) {
    return new Trainer(model, new Adam(0.01), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, kernels, 1);
  }

  /** Scalar kernels whose n-th update throws; a step of this model has four. */
  private static Kernels failingAt(int call) {
    Update scalar = new ScalarUpdate();
    int[] calls = {0};
    Update failing =
        (Update)
            Proxy.newProxyInstance(
                Update.class.getClassLoader(),
                new Class<?>[] {Update.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("adam") && ++calls[0] == call) {
                    throw new Fault();
                  }
                  try {
                    return method.invoke(scalar, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return Twins.with(Kernels.scalar(), failing);
  }

  @Test
  void aModelWhoseStepThrewSaysSo() throws IOException {
    Sequential model = model(1);
    Path saved = folder.resolve("before");
    ModelFile.save(model, saved);
    Trainer trainer = trainer(model, failingAt(4 + 2)); // the second step's second update
    assertThrows(Fault.class, () -> trainer.fit(DATA, OPTIONS));
    refused(() -> trainer.fit(DATA, OPTIONS));
    refused(() -> trainer.evaluate(DATA));
    refused(() -> trainer.predict(DATA.samples()));
    refused(() -> ModelFile.save(model, saved));
    // Nor does another trainer take it for whole.
    Trainer other = trainer(model, Kernels.scalar());
    refused(() -> other.fit(DATA, OPTIONS));
    // Weights that are loaded make it a model again.
    ModelFile.load(model, saved);
    trainer(model, Kernels.scalar()).fit(DATA, OPTIONS);
    Sequential straight = model(1);
    trainer(straight, Kernels.scalar()).fit(DATA, OPTIONS);
    Models.assertSame("after loading", straight, model);
  }

  private static void refused(Executable use) {
    assertSentence(
        IllegalStateException.class,
        "the model cannot be used, since a training step 2 failed: "
            + Fault.class.getName()
            + "; its weights may be updated in part, and have to be loaded anew",
        use);
  }

  /** The checkpoint before the fault takes the same trainer on. */
  @Test
  void aFailedStepIsResumedFromACheckpoint() throws IOException {
    Sequential model = model(1);
    Trainer trainer = trainer(model, failingAt(4 * 5 + 3)); // the sixth step
    CheckpointFolder checkpoints = new CheckpointFolder(folder);
    Callback saving = new Checkpoints(folder, 2, null, note -> {});
    assertThrows(Fault.class, () -> trainer.fit(DATA, OPTIONS.withCallback(saving)));
    Checkpoint last = checkpoints.read(checkpoints.newest());
    assertEquals(4, last.position().step());
    trainer.resume(DATA, OPTIONS, last);
    Sequential straight = model(1);
    trainer(straight, Kernels.scalar()).fit(DATA, OPTIONS);
    Models.assertSame("resumed", straight, model);
  }

  /** Before the first update nothing has changed, so nothing is spoilt. */
  @Test
  void aFaultInACallbackSpoilsNothing() {
    Sequential model = model(1);
    Trainer trainer = trainer(model, Kernels.scalar());
    Fault fault = new Fault();
    Callback throwing =
        Each.loss(
            training -> {
              throw fault;
            });
    assertSame(
        fault, assertThrows(Fault.class, () -> trainer.fit(DATA, OPTIONS.withCallback(throwing))));
    assertTrue(trainer.evaluate(DATA).loss() > 0);
  }
}
