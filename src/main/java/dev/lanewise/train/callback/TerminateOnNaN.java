package dev.lanewise.train.callback;

import dev.lanewise.train.Callback;
import dev.lanewise.train.Training;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ends the training at the first batch whose loss is NaN or infinite (Keras's TerminateOnNaN), and
 * says where it came from.
 *
 * <p>The loss is looked at before the step's update, which is not made: the weights stay those that
 * gave the loss. Only then, in that one step, the forward pass is computed again with every value
 * kept, and the first tensor in topological order that is not finite is named: the images, a weight
 * (which then an earlier update has spoiled), or what a layer's operation made of finite ones.
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public final class TerminateOnNaN implements Callback {
  private @Nullable String reason;

  /** Makes the callback. */
  public TerminateOnNaN() {}

  /**
   * Returns why the training was ended.
   *
   * @return one sentence with epoch, step, loss and tensor; empty if it was not ended
   */
  public Optional<String> reason() {
    return Optional.ofNullable(reason);
  }

  @Override
  public void onTrainBegin(Training training) {
    reason = null;
  }

  @Override
  public void onLoss(Training training, double loss) {
    if (Double.isFinite(loss) || training.isStopping()) {
      return;
    }
    String first = training.firstNotFinite();
    reason =
        "the loss is %s in epoch %s, step %s: the first tensor that is not finite is %s"
            .formatted(
                loss,
                training.epoch(),
                training.step() + 1,
                first == null ? "the mean over the batch" : first);
    training.stop();
  }
}
