package dev.lanewise.cases;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.pointwise.Arithmetic;
import dev.lanewise.kernel.pointwise.Elementwise;
import dev.lanewise.testing.Calls;
import dev.lanewise.testing.Content;
import dev.lanewise.testing.Family;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.FixedInputs;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.KernelCase;
import dev.lanewise.testing.Measured;
import dev.lanewise.testing.Shapes;
import dev.lanewise.testing.VectorCase;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Cases of the element by element operations. */
public final class ElementwiseCases implements Family {
  private static final List<Integer> FIXED = List.of(0, 1, 7, 16, 17, 31, 33, 64, 65, 100, 50_001);

  /** Every operation on the same vectors; labels of so many classes. */
  record Elements(VectorCase of, int classes) implements KernelCase {
    @Override
    public int threads() {
      return of.threads();
    }

    private boolean fixed() {
      return of.content() == Content.ROUGH;
    }

    /** A factor that is sometimes special. */
    private float alpha(float fixed) {
      float[] specials = Fill.specials();
      int which = (int) (of.seed() % specials.length);
      return fixed() ? fixed : of.seed() % 3 == 0 ? specials[which] : -1.7f;
    }

    @Override
    public Calls calls(Kernels kernels) {
      Elementwise kernel = kernels.elementwise();
      Calls calls = new Calls();
      int n = of.n();
      long seed = of.seed();
      Guarded a = calls.in("a", Guarded.of(of.content().values(seed, n), of.aOffset()));
      Guarded b = calls.in("b", Guarded.of(of.content().values(seed + 3, n), of.bOffset()));
      float scale = alpha(1.1f);
      Guarded y = calls.out("scaled", of.output(a));
      Guarded x = of.inPlace() ? y : a;
      float[] whole = a.values();
      calls
          .add("scale", () -> kernel.scale(n, scale, x.array, x.offset, y.array, y.offset))
          .arrays("scale", y, all -> kernel.scale(scale, whole, all));
      add(kernel, calls, a, b);
      axpy(kernel, calls, a);
      clip(kernel, calls, a);
      labels(kernel, calls);
      bytes(kernel, calls);
      return calls;
    }

    private void add(Elementwise kernel, Calls calls, Guarded first, Guarded second) {
      int n = of.n();
      boolean overFirst = of.seed() % 2 == 0;
      Guarded c = calls.out("sum", of.output(overFirst ? first : second));
      Guarded a = of.inPlace() && overFirst ? c : first;
      Guarded b = of.inPlace() && !overFirst ? c : second;
      float[] whole = first.values();
      float[] more = second.values();
      calls
          .add("add", () -> kernel.add(n, a.array, a.offset, b.array, b.offset, c.array, c.offset))
          .arrays("add", c, all -> kernel.add(whole, more, all));
    }

    private void axpy(Elementwise kernel, Calls calls, Guarded a) {
      float alpha = alpha(-0.7f);
      Content content = fixed() ? Content.FIXED : of.content();
      Guarded y =
          calls.out("axpy", Guarded.of(content.values(of.seed() + 9, of.n()), of.outOffset()));
      Guarded x = of.inPlace() ? y : a;
      calls.add("axpy", () -> kernel.axpy(of.n(), alpha, x.array, x.offset, y.array, y.offset));
    }

    private void clip(Elementwise kernel, Calls calls, Guarded a) {
      int odd = (int) (of.seed() % 5);
      float low = fixed() ? -0.25f : odd == 0 ? Float.NEGATIVE_INFINITY : odd == 1 ? 0f : -0.5f;
      float high = fixed() ? 0.5f : of.seed() % 7 == 0 ? Float.POSITIVE_INFINITY : 0.25f;
      Guarded y = calls.out("clipped", of.output(a));
      Guarded x = of.inPlace() ? y : a;
      float[] whole = a.values();
      calls
          .add("clip", () -> kernel.clip(of.n(), low, high, x.array, x.offset, y.array, y.offset))
          .arrays("clip", y, all -> kernel.clip(low, high, whole, all));
    }

    private void labels(Elementwise kernel, Calls calls) {
      int n = of.n();
      int at = of.aOffset();
      int c = (long) n * classes < 100_000 || fixed() ? classes : 1;
      int[] labels = new int[at + n];
      int seed = Math.toIntExact(of.seed());
      System.arraycopy(FixedInputs.labels(seed, n, c), 0, labels, at, n);
      Guarded y = calls.out("marks", Guarded.of(n * c, of.outOffset()));
      int[] whole = FixedInputs.labels(seed, n, c);
      calls
          .add("oneHot", () -> kernel.oneHot(n, c, labels, at, y.array, y.offset))
          .arrays("oneHot", y, all -> kernel.oneHot(c, whole, all));
    }

    private void bytes(Elementwise kernel, Calls calls) {
      int n = of.n();
      int at = of.aOffset();
      byte[] whole = new byte[n];
      byte[] bytes = new byte[at + n];
      for (int i = 0; i < n; i++) {
        whole[i] = (byte) (31 * i + (fixed() ? 0 : (int) of.seed()));
        bytes[at + i] = whole[i];
      }
      Guarded y = calls.out("units", Guarded.of(n, of.outOffset()));
      calls
          .add("bytesToUnit", () -> kernel.bytesToUnit(n, bytes, at, y.array, y.offset))
          .arrays("bytesToUnit", y, all -> kernel.bytesToUnit(whole, all));
    }
  }

  /** Everything that {@link Arithmetic} computes of the same two vectors. */
  record Combined(VectorCase of) implements KernelCase {
    @Override
    public int threads() {
      return of.threads();
    }

    @Override
    public Calls calls(Kernels kernels) {
      Elementwise kernel = kernels.elementwise();
      Calls calls = new Calls();
      int n = of.n();
      long seed = of.seed();
      Guarded first = calls.in("a", Guarded.of(of.content().values(seed, n), of.aOffset()));
      Guarded second = calls.in("b", Guarded.of(of.content().values(seed + 3, n), of.bOffset()));
      for (Arithmetic how : Arithmetic.values()) {
        boolean overFirst = seed % 2 == 0;
        Guarded c = calls.out(how.toString(), of.output(overFirst ? first : second));
        Guarded a = of.inPlace() && overFirst ? c : first;
        Guarded b = of.inPlace() && !overFirst ? c : second;
        calls.add(
            how.toString(),
            () -> kernel.combine(how, n, a.array, a.offset, b.array, b.offset, c.array, c.offset));
      }
      return calls;
    }
  }

  @Override
  public List<Drawn> drawn() {
    Arbitrary<Integer> classes = Arbitraries.integers().between(1, 20);
    return List.of(
        new Drawn(Elements.class, Combinators.combine(VectorCase.any(), classes).as(Elements::new)),
        new Drawn(Combined.class, VectorCase.any().map(Combined::new)));
  }

  /** The labels of 60,000 images, and the dense layer's weights. */
  @Override
  public List<KernelCase> production(int threads) {
    int n = Shapes.length(Shapes.DENSE_WEIGHTS);
    return List.of(
        new Elements(VectorCase.of(60_000, threads), 1),
        new Elements(new VectorCase(n, 1, 2, 3, threads, true, Content.SPECIALS, 2), 1),
        new Combined(new VectorCase(n, 1, 2, 3, threads, true, Content.SPECIALS, 2)));
  }

  @Override
  public List<Fixed> fixed() {
    List<Fixed> all = new ArrayList<>();
    all.addAll(
        Fixed.of(
            "elementwise",
            FIXED,
            (n, i) -> new Elements(VectorCase.fixed(n, Content.ROUGH, 1000 + i), 3)));
    all.addAll(
        Fixed.of(
            "arithmetic",
            FIXED,
            (n, i) -> new Combined(VectorCase.fixed(n, Content.ROUGH, 1000 + i))));
    return all;
  }

  @Override
  public List<Measured> measured() {
    return List.of(
        Measured.vectors("length", n -> new Elements(VectorCase.of(n, 2), 3)),
        Measured.vectors("length of two", n -> new Combined(VectorCase.of(n, 2))),
        Measured.small("classes", n -> new Elements(VectorCase.of(3, 2), n + 2)));
  }
}
