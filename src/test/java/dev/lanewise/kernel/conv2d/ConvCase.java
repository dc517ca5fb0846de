package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.Fill;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * A drawn convolution: sizes, how the work is cut, and what the arrays hold.
 *
 * @param values 0 Gaussian, 1 with special values, 2 of any exponent, 3 mostly zeros of both signs
 *     with special values between
 */
record ConvCase(
    int batch,
    int height,
    int width,
    int groupChannels,
    int groupFilters,
    int groups,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int dilationHeight,
    int dilationWidth,
    int padTop,
    int padBottom,
    int padLeft,
    int padRight,
    int threads,
    int termBlock,
    int tileElements,
    int windowElements,
    int laneElements,
    int rowMultiple,
    int offset,
    int values,
    long seed) {

  Conv2dShape shape() {
    return new Conv2dShape(
        batch,
        height,
        width,
        groupChannels * groups,
        groupFilters * groups,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        dilationHeight,
        dilationWidth,
        padTop,
        padBottom,
        padLeft,
        padRight,
        groups);
  }

  /** An array of {@code n} values after {@code offset} others. */
  float[] fill(int salt, int n) {
    int length = offset + n;
    long salted = seed * 31 + salt;
    return switch (values) {
      case 0 -> Fill.gaussian(salted, length);
      case 1 -> Fill.withSpecials(salted, length, 0.05);
      case 2 -> Fill.wide(salted, length);
      default -> {
        float[] special = Fill.withSpecials(salted, length, 0.3);
        float[] which = Fill.gaussian(salted + 7, length);
        for (int i = 0; i < length; i++) {
          special[i] = which[i] > 1 ? special[i] : which[i] > 0 ? 0f : -0f;
        }
        yield special;
      }
    };
  }

  /** Small sizes of every kind, and channels around whole vectors. */
  static Arbitrary<ConvCase> any() {
    int lanes = VectorWidth.LANES;
    Arbitrary<Integer> channels =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.integers().between(1, 5)),
            Tuple.of(
                3,
                Arbitraries.of(
                    lanes - 1,
                    lanes,
                    lanes + 1,
                    2 * lanes - 1,
                    2 * lanes,
                    2 * lanes + 1,
                    3 * lanes,
                    4 * lanes + 1)));
    Arbitrary<Integer> side =
        Arbitraries.frequencyOf(
            Tuple.of(2, Arbitraries.integers().between(1, 6)),
            Tuple.of(3, Arbitraries.integers().between(7, 30)));
    Arbitrary<Integer> kernel =
        Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.integers().between(1, 4)),
            Tuple.of(1, Arbitraries.integers().between(5, 7)));
    Arbitrary<Integer> step = Arbitraries.of(1, 1, 1, 2, 3, 5);
    Arbitrary<Integer> pad = Arbitraries.of(0, 0, 1, 2, 4);
    Arbitrary<Integer> block = Arbitraries.of(1, 5, 16, 100, 1000, 100_000);
    List<Arbitrary<Integer>> sizes =
        List.of(
            Arbitraries.of(0, 1, 1, 2, 3, 4, 5, 31, 32, 33, 40, 65),
            side,
            side,
            channels,
            channels,
            Arbitraries.of(1, 1, 1, 2, 3, 7),
            kernel,
            kernel,
            step,
            step,
            step,
            step,
            pad,
            pad,
            pad,
            pad,
            Arbitraries.of(1, 2, 3),
            block,
            block,
            block,
            block,
            Arbitraries.of(1, 1, 2, 3, 10, 52, 1000),
            Arbitraries.of(0, 1, 13),
            Arbitraries.integers().between(0, 3));
    return Combinators.combine(
            Combinators.combine(sizes)
                .as(list -> list.stream().mapToInt(Integer::intValue).toArray()),
            Arbitraries.longs())
        .as(ConvCase::fitted);
  }

  /** The kernel cut down to the padded image, and the work to some hundred thousand terms. */
  private static ConvCase fitted(int[] drawn, long seed) {
    int[] d = drawn.clone();
    while (true) {
      d[6] = Math.min(d[6], (d[1] + d[12] + d[13] - 1) / d[10] + 1);
      d[7] = Math.min(d[7], (d[2] + d[14] + d[15] - 1) / d[11] + 1);
      ConvCase fitted =
          new ConvCase(
              d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7], d[8], d[9], d[10], d[11], d[12],
              d[13], d[14], d[15], d[16], d[17], d[18], d[19], d[20], d[21], d[22], d[23], seed);
      Conv2dShape shape = fitted.shape();
      long terms = (long) shape.outElements() * d[6] * d[7] * d[3];
      long inputs = (long) shape.inElements() * d[6] * d[7] * d[4];
      if (Math.max(terms, inputs) <= 300_000) {
        return fitted;
      }
      int largest =
          d[0] > 3 ? 0 : d[1] > 8 ? 1 : d[2] > 13 ? 2 : d[5] > 1 ? 5 : d[3] > d[4] ? 3 : 4;
      d[largest] = Math.max(1, d[largest] * 2 / 3);
    }
  }
}
