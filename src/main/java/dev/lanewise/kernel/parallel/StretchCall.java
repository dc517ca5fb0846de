package dev.lanewise.kernel.parallel;

/**
 * A call over elements whose loop takes a granule of them at a time, a vector's lanes for instance.
 * What is left of a stretch is copied to a call whose arrays have one granule's length, and the
 * same loop runs there.
 *
 * @param <C> the family's call
 */
public abstract class StretchCall<C extends StretchCall<C>> extends Call {
  /** Makes a call without arguments. */
  protected StretchCall() {}

  /**
   * Returns how many elements the loop takes at a time.
   *
   * @return at least 1; it divides {@link #ELEMENTS}
   */
  protected abstract int granule();

  /**
   * Runs the loop over this call's elements {@code from} to {@code to} − 1.
   *
   * @param from the first element
   * @param to the element after the last: whole granules
   * @param scratch scratch memory of the thread that runs this
   */
  protected abstract void loop(int from, int to, Scratch scratch);

  /**
   * Copies what the loop reads of n elements, fewer than a granule.
   *
   * @param at the first of them
   * @param n how many
   * @return a call over the copies, kept for the next time
   */
  protected abstract C copyOut(int at, int n);

  /**
   * Copies what the loop has written back to where it belongs.
   *
   * @param rest from {@link #copyOut}
   * @param at the first element
   * @param n how many
   */
  protected abstract void copyBack(C rest, int at, int n);

  /**
   * Ranges begin at whole granules, so that the last one alone has a rest.
   *
   * <p>The loop is called at one place in the text: C2 inlines nothing into a place that is seldom
   * reached, and vectors there stay objects.
   */
  @Override
  protected final void range(int from, int to, Scratch scratch) {
    int granule = granule();
    int left = (to - from) % granule;
    int whole = to - left;
    C rest = left > 0 ? copyOut(whole, left) : null;
    int parts = rest == null ? 1 : 2;
    for (int part = from < whole ? 0 : 1; part < parts; part++) {
      StretchCall<C> on = rest != null && part == 1 ? rest : this;
      on.loop(part == 0 ? from : 0, part == 0 ? whole : granule, scratch);
    }
    if (rest != null) {
      copyBack(rest, whole, left);
    }
  }
}
