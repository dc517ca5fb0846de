package dev.lanewise.train;

import static dev.lanewise.testing.Refusals.assertSentence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Dataset;
import dev.lanewise.graph.Variable;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Sgd;
import dev.lanewise.tensor.Shape;
import dev.lanewise.testing.Each;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trainer in a callback of its own and in two threads; a model that is saved meanwhile. */
class OneTrainingAtATimeTest {
  private static final Dataset DATA = Clouds.of(1, 24);

  @TempDir private Path folder;

  private static Sequential model(int units) {
    return new Sequential(
        1,
        Shape.of(2),
        new Dense(units, ActivationFunction.TANH),
        new Dense(units, ActivationFunction.TANH),
        new Dense(Clouds.CLASSES, ActivationFunction.SOFTMAX));
  }

  private static Trainer trainer(Sequential model) {
    return Clouds.trainer(model, new Sgd(0.05));
  }

  private static int hash(Sequential model) {
    int hash = 0;
    for (Variable variable : model.variables()) {
      hash = 31 * hash + Arrays.hashCode(variable.values());
    }
    return hash;
  }

  /** Every saved file holds the weights that stood there between two steps. */
  @Test
  void aSaveWhileAnotherThreadTrainsIsWhole() throws Exception {
    FitOptions options = new FitOptions(200, 8);
    Set<Integer> between = new HashSet<>();
    Sequential straight = model(300);
    between.add(hash(straight));
    trainer(straight)
        .fit(DATA, options.withCallback(Each.batch(step -> between.add(hash(straight)))));
    Sequential model = model(300);
    Path file = folder.resolve("weights.safetensors");
    Set<Integer> saved = new HashSet<>();
    try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
      Future<History> training = pool.submit(() -> trainer(model).fit(DATA, options));
      while (!training.isDone()) {
        ModelFile.save(model, file);
        Sequential read = model(300);
        ModelFile.load(read, file);
        assertTrue(between.contains(hash(read)), "weights of two steps");
        saved.add(hash(read));
      }
      training.get();
    }
    assertEquals(hash(straight), hash(model), "the saves changed the training");
    assertTrue(saved.size() > 3, "saved only " + saved.size());
  }

  @Test
  void fitFromACallbackIsRefused() {
    Sequential model = model(4);
    Trainer trainer = trainer(model);
    FitOptions inner = new FitOptions(1, 8);
    FitOptions outer =
        new FitOptions(1, 8).withCallback(Each.batch(step -> trainer.fit(DATA, inner)));
    assertSentence(
        IllegalStateException.class,
        "fit was called from a callback, whose own training with this trainer goes on",
        () -> trainer.fit(DATA, outer));
    // It is usable again, and callbacks may look at the model.
    Sequential straight = model(4);
    trainer(straight).fit(DATA, new FitOptions(2, 8));
    Sequential looked = model(4);
    Trainer looking = trainer(looked);
    looking.fit(
        DATA, new FitOptions(2, 8).withCallback(Each.batch(step -> looking.evaluate(DATA))));
    assertEquals(hash(straight), hash(looked));
    trainer.fit(DATA, inner);
  }

  @Test
  void anotherThreadIsRefusedMeanwhile() throws Exception {
    Trainer trainer = trainer(model(4));
    try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
      Callback meanwhile =
          Each.batch(
              training -> {
                refused(pool, () -> trainer.fit(DATA, new FitOptions(1, 8)));
                refused(pool, () -> trainer.evaluate(DATA));
                refused(pool, () -> trainer.predict(DATA.samples()));
                assertEquals(
                    "a checkpoint can be taken between two steps only, by the thread that trains",
                    failure(pool, () -> training.checkpoint()));
              });
      trainer.fit(DATA, new FitOptions(1, 24).withCallback(meanwhile));
      pool.submit(() -> trainer.evaluate(DATA)).get();
    }
  }

  private static void refused(ExecutorService pool, Runnable call) {
    assertEquals(
        "the trainer serves one thread at a time, but the thread '"
            + Thread.currentThread().getName()
            + "' trains with it",
        failure(pool, call));
  }

  private static String failure(ExecutorService pool, Runnable call) {
    ExecutionException failed =
        assertThrows(ExecutionException.class, () -> pool.submit(call).get());
    assertEquals(IllegalStateException.class, failed.getCause().getClass());
    return String.valueOf(failed.getCause().getMessage());
  }

  /** A model that is not whole is refused to each thread that asks. */
  @Test
  void aRefusedSaveLeavesNobodyWaiting() throws Exception {
    Sequential model = model(4);
    model.stepFailed("step 3 failed");
    assertThrows(
        IllegalStateException.class, () -> ModelFile.save(model, folder.resolve("weights")));
    try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
      assertTrue(pool.submit(() -> model.weightsLock().tryLock()).get());
    }
  }
}
