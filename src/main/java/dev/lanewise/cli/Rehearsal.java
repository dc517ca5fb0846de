package dev.lanewise.cli;

import dev.lanewise.data.ByteSamples;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.Labels;
import dev.lanewise.kernel.KernelChoice;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MnistCnn;
import dev.lanewise.optim.Adam;
import dev.lanewise.tensor.Shape;
import dev.lanewise.train.Callback;
import dev.lanewise.train.FitOptions;
import dev.lanewise.train.Trainer;
import dev.lanewise.train.Training;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Trains a small network of the same layers while the command line and the data are read, so that
 * the VM compiles the kernels while there is nothing else to do; the training that was asked for
 * then begins with compiled ones. Nothing of it is kept, and no result depends on it.
 */
final class Rehearsal implements AutoCloseable {
  /** Options that say which kernels to use, or how many processors. */
  private static final List<String> OF_THE_MACHINE = List.of("--vector-bits", "--threads");

  /** Steps after which all kernels are compiled, or wait for it. */
  private static final int STEPS = 60;

  /** With fewer steps the training that follows would only do the same in larger batches. */
  private static final int LEAST_STEPS = 20;

  private static final long LEAST_MEMORY = 256L << 20;
  private static final int BATCH = 8;
  private static final Shape IMAGE = Shape.of(12, 12, 1);
  private static final int CLASSES = 10;

  private volatile boolean over;
  private volatile int steps;
  private @Nullable Thread thread;

  private Rehearsal() {}

  /** None at all. */
  static Rehearsal none() {
    return new Rehearsal();
  }

  /**
   * Begins beside the caller, if the arguments ask for a training with the usual kernels, and a
   * processor and memory are to spare.
   */
  static Rehearsal begin(List<String> args) {
    if (!args.getFirst().equals("train")
        || args.stream().anyMatch(Rehearsal::isOfTheMachine)
        || Runtime.getRuntime().availableProcessors() == 1
        || Runtime.getRuntime().maxMemory() < LEAST_MEMORY) {
      return none();
    }
    Rehearsal rehearsal = new Rehearsal();
    Thread thread = new Thread(rehearsal::train, "lanewise-rehearsal");
    thread.setDaemon(true);
    // What is wrong with this machine (no memory, say) the training will say.
    thread.setUncaughtExceptionHandler((failed, why) -> {});
    try {
      thread.start();
    } catch (OutOfMemoryError noThread) { // the system allows no more of them
      return none();
    }
    rehearsal.thread = thread;
    return rehearsal;
  }

  private static boolean isOfTheMachine(String argument) {
    return OF_THE_MACHINE.stream().anyMatch(argument::startsWith);
  }

  /** Ends it, once it has gone on long enough to be of use, and waits for that. */
  @Override
  public void close() {
    over = true;
    Thread running = thread;
    if (running != null) {
      try {
        running.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether its thread is at work. */
  boolean isRunning() {
    Thread running = thread;
    return running != null && running.isAlive();
  }

  /** Steps that it has taken. */
  int steps() {
    return steps;
  }

  private void train() {
    if (!KernelChoice.now().simd()) {
      return;
    }
    try (Team team = Team.of(1)) {
      Trainer trainer =
          new Trainer(
              MnistCnn.create(1, IMAGE),
              new Adam(),
              Loss.SPARSE_CATEGORICAL_CROSSENTROPY,
              Kernels.simd(team),
              1);
      trainer.fit(data(), new FitOptions(1, BATCH).withCallback(new End()));
    }
  }

  private final class End implements Callback {
    @Override
    public void onBatchEnd(Training training) {
      steps = training.step();
      if (over && training.step() >= LEAST_STEPS) {
        training.stop();
      }
    }
  }

  /** Images of which a fourth is not black, as of digits: the kernels skip what is zero. */
  private static Dataset data() {
    int images = STEPS * BATCH;
    byte[] pixels = new byte[images * IMAGE.elements()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 7 % 31 < 8 ? i * 37 : 0);
    }
    int[] labels = IntStream.range(0, images).map(i -> i % CLASSES).toArray();
    return new Dataset(ByteSamples.of(pixels, IMAGE), Labels.of(labels, CLASSES));
  }

  /**
   * Leaves a processor to the VM's compiler for a program's first seconds of training.
   *
   * <p>Until a kernel is compiled its vectors are objects and a step takes a hundred times as long
   * as later on; a team on all processors only keeps the compiler from running.
   */
  static final class Warmup implements Callback {
    /**
     * How long the kernels of the MNIST network take to be compiled. A time rather than a number of
     * steps, since a step takes as long as its batch is large, and the compiler does not.
     */
    static final Duration TIME = Duration.ofMillis(2500);

    private final Team team;
    private final LongSupplier nanos;
    private long end;
    private boolean over;

    Warmup(Team team) {
      this(team, System::nanoTime);
    }

    /** With a clock of one's own, for tests. */
    Warmup(Team team, LongSupplier nanos) {
      this.team = team;
      this.nanos = nanos;
    }

    @Override
    public void onTrainBegin(Training training) {
      int others = Runtime.getRuntime().availableProcessors() - 1;
      team.use(Math.clamp(others, 1, team.size()));
      over = false;
      end = nanos.getAsLong() + TIME.toNanos();
    }

    @Override
    public void onBatchEnd(Training training) {
      if (!over && nanos.getAsLong() - end >= 0) {
        over = true;
        team.use(team.size());
      }
    }

    @Override
    public void onTrainEnd(Training training) {
      team.use(team.size());
    }
  }
}
