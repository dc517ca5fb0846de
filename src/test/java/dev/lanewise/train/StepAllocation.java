package dev.lanewise.train;

import com.sun.management.ThreadMXBean;
import dev.lanewise.data.ByteSamples;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.Labels;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.BatchNormalization;
import dev.lanewise.nn.Conv2D;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.Layer;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MaxPooling2D;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Optimizers;
import dev.lanewise.tensor.Shape;
import dev.lanewise.testing.Fill;
import dev.lanewise.train.callback.EarlyStopping;
import dev.lanewise.train.callback.Metric;
import dev.lanewise.train.callback.TerminateOnNaN;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A program of its own: trains a network with the MNIST CNN's layers on random images and prints
 * the fewest bytes that all its threads together allocated in a window of 100 steps.
 *
 * <p>While the VM interprets and compiles, vector code allocates boxed vectors; code in its final
 * form must allocate nothing. A method that runs once a step reaches C2 after some 5000 steps, on a
 * busy machine later, so the network is small and the run goes on until a window allocates nothing
 * or very many steps are done; its larger layers are still divided among the team.
 */
public final class StepAllocation {
  private static final int BATCH = 16;
  private static final int SIDE = 16;
  private static final int STEPS = 100;
  private static final int WINDOWS = 600;

  private StepAllocation() {}

  /** Prints one number; takes the optimizer's spelling, and one more word to normalize batches. */
  public static void main(String[] args) {
    Dataset data = images();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Team team = Team.of(2)) {
      long worker = workerId();
      Kernels kernels = Kernels.simd(team);
      Windows windows = new Windows(threads, worker);
      Trainer trainer =
          new Trainer(
              network(args.length > 1),
              Optimizers.parse(args[0]),
              Loss.SPARSE_CATEGORICAL_CROSSENTROPY,
              kernels,
              1);
      FitOptions options =
          new FitOptions(1, BATCH)
              .withCallback(new TerminateOnNaN())
              .withCallback(new EarlyStopping().monitor(Metric.LOSS).patience(WINDOWS))
              .withCallback(windows);
      for (int i = 0; i < WINDOWS && windows.fewest > 0; i++) {
        trainer.fit(data, options);
      }
      System.out.println(windows.fewest);
    }
  }

  private static Sequential network(boolean normalized) {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Conv2D(32, 3, ActivationFunction.RELU));
    layers.add(new MaxPooling2D(2));
    if (normalized) {
      layers.add(new BatchNormalization());
    }
    layers.add(new Dropout(0.25));
    layers.add(new Flatten());
    layers.add(new Dense(64, ActivationFunction.RELU));
    if (normalized) {
      layers.add(new BatchNormalization());
    }
    layers.add(new Dropout(0.5));
    layers.add(new Dense(10, ActivationFunction.SOFTMAX));
    return new Sequential(1, Shape.of(SIDE, SIDE, 1), layers.toArray(Layer[]::new));
  }

  private static Dataset images() {
    byte[] pixels = new byte[STEPS * BATCH * SIDE * SIDE];
    new Random(1).nextBytes(pixels);
    return new Dataset(
        ByteSamples.of(pixels, Shape.of(SIDE, SIDE, 1)),
        Labels.of(Fill.labels(1, STEPS * BATCH, 10), 10));
  }

  private static long workerId() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("lanewise-team"))
        .findFirst()
        .orElseThrow()
        .threadId();
  }

  /** Counts from an epoch's first step to its last: the epoch's own objects are not a step's. */
  private static final class Windows implements Callback {
    final ThreadMXBean threads;
    final long worker;
    long fewest = Long.MAX_VALUE;
    long first;

    Windows(ThreadMXBean threads, long worker) {
      this.threads = threads;
      this.worker = worker;
    }

    @Override
    public void onBatchEnd(Training training) {
      if (training.step() == 1) {
        first = allocated();
      } else if (training.step() == training.steps()) {
        fewest = Math.min(fewest, allocated() - first);
      }
    }

    private long allocated() {
      return threads.getCurrentThreadAllocatedBytes() + threads.getThreadAllocatedBytes(worker);
    }
  }
}
