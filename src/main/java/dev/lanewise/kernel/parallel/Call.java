package dev.lanewise.kernel.parallel;

/**
 * One call of a kernel: its arguments, written down once, and the loop over its items (the elements
 * of a vector, the rows of a matrix, the strips of an image), which a {@link Team} may divide into
 * ranges, one a member.
 *
 * <p>A family has one subclass. Public methods check their arguments and fill one ({@link
 * AbstractKernel}); loops read its fields. Calls are reused, so memory that a call keeps in its
 * fields is allocated once.
 */
public abstract class Call implements Task {
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

  private final Scratch own = new Scratch();
  private int items;
  private int share;

  /** Makes a call without arguments. */
  protected Call() {}

  /**
   * Does the items from {@code from} to {@code to} − 1.
   *
   * @param from the first item
   * @param to the item after the last
   * @param scratch scratch memory of the thread that runs this
   */
  protected abstract void range(int from, int to, Scratch scratch);

  /** Forgets the caller's arrays, so that an idle kernel does not keep them alive. */
  protected abstract void clear();

  /**
   * Does all items on the calling thread.
   *
   * @param items how many items there are
   */
  protected final void runAlone(int items) {
    range(0, items, own);
  }

  /**
   * Does all items, divided among a team unless that is not worth it. A call may do so more than
   * once, with an item count of its own each time, where one pass needs what the pass before has
   * found.
   *
   * @param team the team
   * @param items how many items there are
   * @param multiple ranges begin at multiples of this: {@link #ELEMENTS} for elements, 1 for rows
   * @param work how many elements are computed, all in all: below {@link #ALONE} the calling thread
   *     does them
   */
  protected final void runDivided(Team team, int items, int multiple, long work) {
    int members = team.members(); // once: another thread may change it
    if (work < ALONE || members == 1) {
      runAlone(items);
      return;
    }
    this.items = items;
    long even = (items + members - 1L) / members;
    share = (int) Math.min(items, (even + multiple - 1) / multiple * multiple);
    team.run(items == 0 ? 0 : (items - 1) / share + 1, this);
  }

  @Override
  public final void run(int part, Scratch scratch) {
    int from = part * share;
    range(from, (int) Math.min(items, (long) from + share), scratch);
  }

  /**
   * Copies n elements, but nothing from or to an array that the method does without.
   *
   * @param n how many
   * @param from holds them; empty if there are none
   * @param at where they begin
   * @param to takes them; empty if nobody wants them
   * @param toAt where they go
   */
  public static void copy(int n, float[] from, int at, float[] to, int toAt) {
    if (from.length > 0 && to.length > 0) {
      System.arraycopy(from, at, to, toAt, n);
    }
  }
}
