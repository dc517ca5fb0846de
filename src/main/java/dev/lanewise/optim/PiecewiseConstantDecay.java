package dev.lanewise.optim;

import java.util.List;

/**
 * A rate that is constant between boundaries: values[i] for the steps above boundaries[i − 1] up to
 * boundaries[i], which still has the earlier value.
 *
 * @param boundaries the last step of each value but the last one's, ascending
 * @param values the rates, one more than boundaries
 */
public record PiecewiseConstantDecay(List<Long> boundaries, List<Double> values)
    implements Schedule {
  /**
   * Checks and copies the arguments.
   *
   * @throws IllegalArgumentException if there is not one value more than boundaries, the boundaries
   *     do not ascend, or a value is negative or not finite
   */
  public PiecewiseConstantDecay {
    boundaries = List.copyOf(boundaries);
    values = List.copyOf(values);
    if (values.size() != boundaries.size() + 1) {
      throw new IllegalArgumentException(
          "a piecewise constant learning rate has "
              + boundaries.size()
              + " boundaries and "
              + values.size()
              + " values, but must have one value more than boundaries");
    }
    for (int i = 1; i < boundaries.size(); i++) {
      if (boundaries.get(i) <= boundaries.get(i - 1)) {
        throw new IllegalArgumentException(
            "the boundaries of a piecewise constant learning rate are "
                + boundaries
                + ", but must ascend");
      }
    }
    for (double value : values) {
      Hyper.atLeastZero("learning rate", value);
    }
  }

  @Override
  public double at(long step) {
    int i = 0;
    while (i < boundaries.size() && step > boundaries.get(i)) {
      i++;
    }
    return values.get(i);
  }
}
