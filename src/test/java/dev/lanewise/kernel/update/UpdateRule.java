package dev.lanewise.kernel.update;

/**
 * Every loop of the update kernels, called alike: what is given is used where the rule needs it.
 */
public enum UpdateRule {
  SGD(""),
  MOMENTUM("m"),
  NESTEROV("m"),
  ADAGRAD("s"),
  ADADELTA("ss"),
  RMSPROP("s"),
  RMSPROP_MOMENTUM("sm"),
  RMSPROP_CENTERED("sm"),
  RMSPROP_CENTERED_MOMENTUM("smm"),
  ADAM("ms"),
  AMSGRAD("mss"),
  ADAMAX("ms"),
  NADAM("ms"),
  FTRL("sm"),
  LION("m"),
  DECAY(""),
  AVERAGE("m");

  private static final float[] NONE = {};

  private final String states;

  UpdateRule(String states) {
    this.states = states;
  }

  /** The states in the contract's order: m a mean or velocity, s a sum or mean of squares. */
  public String states() {
    return states;
  }

  /** Whether a state is a sum or mean of squares. */
  public boolean square(int state) {
    return states.charAt(state) == 's';
  }

  /** Hyper-parameters; {@code third} is what a rule has beside a rate and a momentum. */
  public record Numbers(
      float rate,
      float momentum,
      float third,
      float inside,
      float outside,
      float decay,
      Moments moments) {}

  /** One step of the rule. */
  public void step(
      Update twin, Numbers x, int n, float[] w, int offset, float[] g, int gOffset, float[]... s) {
    Moments by = x.moments;
    float rate = x.rate;
    float momentum = x.momentum;
    float third = x.third;
    float inside = x.inside;
    float outside = x.outside;
    float decay = x.decay;
    float mean = by.flushMean();
    float square = by.flushSquare();
    switch (this) {
      case SGD -> twin.sgd(n, w, offset, g, gOffset, rate, decay);
      case MOMENTUM, NESTEROV ->
          twin.momentum(
              n, w, offset, g, gOffset, s[0], rate, momentum, third, this == NESTEROV, decay, mean);
      case ADAGRAD ->
          twin.adagrad(n, w, offset, g, gOffset, s[0], rate, inside, outside, decay, square);
      case ADADELTA -> twin.adadelta(n, w, offset, g, gOffset, s[0], s[1], by, rate, inside, decay);
      case RMSPROP, RMSPROP_MOMENTUM, RMSPROP_CENTERED, RMSPROP_CENTERED_MOMENTUM -> {
        boolean centered = this == RMSPROP_CENTERED || this == RMSPROP_CENTERED_MOMENTUM;
        boolean rolls = this == RMSPROP_MOMENTUM || this == RMSPROP_CENTERED_MOMENTUM;
        float[] means = centered ? s[1] : NONE;
        float[] b = rolls ? s[s.length - 1] : NONE;
        twin.rmsprop(
            n, w, offset, g, gOffset, s[0], means, b, by, rate, momentum, third, inside, outside,
            decay);
      }
      case ADAM, AMSGRAD -> {
        float[] h = this == AMSGRAD ? s[2] : NONE;
        twin.adam(n, w, offset, g, gOffset, s[0], s[1], h, by, rate, outside, decay);
      }
      case ADAMAX ->
          twin.adamax(n, w, offset, g, gOffset, s[0], s[1], by, rate, inside, outside, decay);
      case NADAM ->
          twin.nadam(n, w, offset, g, gOffset, s[0], s[1], by, rate, third, outside, decay);
      case FTRL ->
          twin.ftrl(
              n, w, offset, g, gOffset, s[0], s[1], 1 / rate, third, inside, decay, mean, square);
      case LION -> twin.lion(n, w, offset, g, gOffset, s[0], by, rate, decay);
      case DECAY -> twin.decay(n, w, offset, rate);
      case AVERAGE ->
          twin.average(n, s[0], offset, w, offset, by.beta1(), by.oneMinusBeta1(), mean);
    }
  }

  /**
   * The published formula in double, for one weight, without flushing: returns the weight and
   * changes the states.
   */
  double exact(Numbers x, double w, double gradient, double... s) {
    double g = this == FTRL ? gradient : gradient + x.decay * w;
    double beta1 = x.moments.beta1();
    double beta2 = x.moments.beta2();
    double rest1 = x.moments.oneMinusBeta1();
    double rest2 = x.moments.oneMinusBeta2();
    double rate = x.rate;
    return switch (this) {
      case SGD -> w - rate * g;
      case MOMENTUM -> {
        s[0] = x.momentum * s[0] - rate * g;
        yield w + x.third * s[0];
      }
      case NESTEROV -> {
        s[0] = x.momentum * s[0] - rate * g;
        yield w + x.third * (x.momentum * s[0] - rate * g);
      }
      case ADAGRAD -> {
        s[0] += g * g;
        yield w - rate * g / (Math.sqrt(s[0] + x.inside) + x.outside);
      }
      case ADADELTA -> {
        s[0] = beta2 * s[0] + rest2 * g * g;
        double d = -g * Math.sqrt(s[1] + x.inside) / Math.sqrt(s[0] + x.inside);
        s[1] = beta2 * s[1] + rest2 * d * d;
        yield w + rate * d;
      }
      case RMSPROP, RMSPROP_MOMENTUM, RMSPROP_CENTERED, RMSPROP_CENTERED_MOMENTUM -> {
        s[0] = beta2 * s[0] + rest2 * g * g;
        double spread = s[0];
        if (this == RMSPROP_CENTERED || this == RMSPROP_CENTERED_MOMENTUM) {
          s[1] = beta1 * s[1] + rest1 * g;
          spread = Math.max(s[0] - s[1] * s[1], 0);
        }
        double step = rate * g / (Math.sqrt(spread + x.inside) + x.outside);
        if (this == RMSPROP_MOMENTUM || this == RMSPROP_CENTERED_MOMENTUM) {
          int last = s.length - 1;
          s[last] = x.momentum * s[last] + step;
          step = s[last];
        }
        yield w - x.third * step;
      }
      case ADAM, AMSGRAD, NADAM -> {
        s[0] = beta1 * s[0] + rest1 * g;
        s[1] = beta2 * s[1] + rest2 * g * g;
        double square = s[1];
        if (this == AMSGRAD) {
          s[2] = Math.max(s[2], s[1]);
          square = s[2];
        }
        double step = rate * s[0] + (this == NADAM ? x.third * g : 0);
        yield w - step / (Math.sqrt(square) + x.outside);
      }
      case ADAMAX -> {
        s[0] = beta1 * s[0] + rest1 * g;
        s[1] = Math.max(beta2 * s[1], Math.abs(g) + x.inside);
        yield w - rate * s[0] / (s[1] + x.outside);
      }
      case FTRL -> {
        double before = Math.sqrt(s[0]);
        s[0] += g * g;
        s[1] += g + x.decay * w - w * (Math.sqrt(s[0]) - before) / rate;
        double clipped = Math.max(-x.third, Math.min(x.third, s[1]));
        yield (clipped - s[1]) / (Math.sqrt(s[0]) / rate + x.inside);
      }
      case LION -> {
        double direction = beta1 * s[0] + rest1 * g;
        s[0] = beta2 * s[0] + rest2 * g;
        yield w - rate * Math.signum(direction);
      }
      case DECAY -> w - rate * w;
      case AVERAGE -> {
        s[0] = beta1 * s[0] + rest1 * w;
        yield w;
      }
    };
  }
}
