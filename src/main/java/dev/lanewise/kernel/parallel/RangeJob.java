package dev.lanewise.kernel.parallel;

/**
 * A loop over the items 0 to n − 1 that a {@link Team} divides into ranges, one a member: the
 * elements of a vector, the rows of a matrix.
 *
 * <p>A kernel keeps such objects in a {@code Recycler} and uses one for a call: it sets the fields
 * that {@link #range} needs, calls {@link #run}, and gives the object back. Work too small for a
 * team ({@link #alone}) needs no object at all: the kernel then calls its loop itself.
 */
public abstract class RangeJob implements Task {
  /**
   * The number of elements below which a call stays on the calling thread. Waking a member and
   * waiting for it costs about a quarter of a microsecond while it spins and some ten when it is
   * parked; 16 K elements are one to three microseconds of a simple loop in the cache, so less is
   * not worth dividing. The tiles that producers hand to their consumers (8 to 32 KB) lie below.
   */
  public static final int ALONE = 16 * 1024;

  /**
   * What a range of elements begins on: whole vectors at every width, and enough cache lines that
   * two members seldom write to the same one.
   */
  public static final int ELEMENTS = 64;

  private int items;
  private int share;

  /** Makes a job that is not set to anything yet. */
  protected RangeJob() {}

  /**
   * Returns whether work is better done by the calling thread alone.
   *
   * @param team the team that could share it
   * @param elements how many elements are computed, all in all
   * @return true if the team has no other member or {@code elements} is below {@link #ALONE}
   */
  public static boolean alone(Team team, long elements) {
    return elements < ALONE || team.members() == 1;
  }

  /**
   * Does the items from {@code from} to {@code to} − 1.
   *
   * @param from the first item
   * @param to the item after the last
   */
  protected abstract void range(int from, int to);

  /** Forgets the caller's arrays, so that an idle kernel does not keep them alive. */
  protected abstract void clear();

  /**
   * Runs {@link #range} over all items, divided over the team, then {@link #clear}. A job whose run
   * threw is better not used again.
   *
   * @param team the team
   * @param items how many items there are
   * @param multiple ranges begin at multiples of this: {@link #ELEMENTS} for elements, 1 for rows
   */
  public final void run(Team team, int items, int multiple) {
    this.items = items;
    int members = team.members(); // once: another thread may change it
    long even = (items + members - 1L) / members;
    share = (int) Math.min(items, (even + multiple - 1) / multiple * multiple);
    team.run(items == 0 ? 0 : (items - 1) / share + 1, this);
    clear();
  }

  @Override
  public final void run(int part, Scratch scratch) {
    int from = part * share;
    range(from, (int) Math.min(items, (long) from + share));
  }
}
