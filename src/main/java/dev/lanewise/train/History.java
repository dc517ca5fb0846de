package dev.lanewise.train;

import java.util.List;

/**
 * The results of a call of fit.
 *
 * @param epochs one result an epoch, in order
 * @param totalSeconds the time of the whole call, validation included
 */
public record History(List<EpochResult> epochs, double totalSeconds) {
  /** Copies the list. */
  public History {
    epochs = List.copyOf(epochs);
  }

  /**
   * Returns the last epoch's result.
   *
   * @return the last of {@link #epochs}
   */
  public EpochResult last() {
    return epochs.getLast();
  }
}
