package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.cli.Rehearsal.Warmup;
import dev.lanewise.data.Dataset;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Sgd;
import dev.lanewise.tensor.Shape;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.train.Callback;
import dev.lanewise.train.FitOptions;
import dev.lanewise.train.Trainer;
import dev.lanewise.train.Training;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long a team leaves a processor to the compiler: by the clock, whatever a step takes. */
class WarmupTest {
  private static final int BATCHES = 10;
  private static final int BATCH = 4;

  private final Sequential model =
      new Sequential(1, Shape.of(8), new Dense(3, ActivationFunction.SOFTMAX));

  /** The members that are at work in each step, if a step takes so many nanoseconds. */
  private List<Integer> members(long nanosOfAStep) {
    List<Integer> members = new ArrayList<>();
    long[] now = {Long.MAX_VALUE - 7}; // a clock may run over
    try (Team team = Team.of(Runtime.getRuntime().availableProcessors() + 1)) {
      Callback watch =
          new Callback() {
            @Override
            public void onTrainBegin(Training training) {
              members.clear();
            }

            @Override
            public void onLoss(Training training, double loss) {
              members.add(team.members());
              now[0] += nanosOfAStep;
            }
          };
      FitOptions options =
          new FitOptions(1, BATCH, false, null, List.of())
              .withCallback(new Warmup(team, () -> now[0]))
              .withCallback(watch);
      Dataset data =
          Dataset.of(
              Fill.gaussian(1, BATCHES * BATCH * 8),
              Shape.of(8),
              Fill.labels(1, BATCHES * BATCH, 3),
              3);
      new Trainer(model, new Sgd(0.1), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, Kernels.best(team), 1)
          .fit(data, options);
      assertEquals(team.size(), team.members());
    }
    return members;
  }

  @Test
  void countsTimeNotSteps() {
    int few = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    int all = Runtime.getRuntime().availableProcessors() + 1;
    long time = Warmup.TIME.toNanos();
    List<Integer> long1 = new ArrayList<>(Collections.nCopies(BATCHES, all));
    long1.set(0, few);
    assertEquals(long1, members(time));
    List<Integer> half = new ArrayList<>(Collections.nCopies(BATCHES, all));
    half.set(0, few);
    half.set(1, few);
    assertEquals(half, members(time / 2 + 1));
    assertEquals(Collections.nCopies(BATCHES, few), members(time / BATCHES - 1));
  }

  @Test
  void changesNoWeight() {
    members(1);
    float[] few = model.variables().getFirst().values().clone();
    Sequential again = new Sequential(1, Shape.of(8), new Dense(3, ActivationFunction.SOFTMAX));
    System.arraycopy(
        again.variables().getFirst().values(), 0, model.variables().getFirst().values(), 0, 24);
    System.arraycopy(
        again.variables().getLast().values(), 0, model.variables().getLast().values(), 0, 3);
    model.weightsReplaced();
    members(Warmup.TIME.toNanos());
    Bits.assertSame("weights", few, model.variables().getFirst().values());
  }
}
