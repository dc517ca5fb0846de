package dev.lanewise.kernel.matmul;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets several threads compute the same chains one after another: each owns some of the terms,
 * called legs, and adds them to one group of chains after the other, as soon as that group comes
 * from the leg before.
 *
 * <p>So a thread reads only its own rows of B: in a layer's forward product those of the weights
 * that it reads in the gradients' products and updates, which stay in its cache. Each chain's terms
 * are added in ascending order whoever adds them.
 *
 * <p>A thread that has waited long takes over what is ready, so that nobody is waited for who does
 * not run, for instance if one thread runs all parts in turn.
 */
final class SimdRelay {
  /** Adds one leg's terms to one group's chains. */
  interface Runner {
    void run(int member, int leg, int group);
  }

  /** Looks at a group before it is taken over: longer than a leg takes. */
  private static final int PATIENCE = 20_000;

  /** The same where looking keeps the others from running, and this thread yields in between. */
  private static final int YIELDS = 100;

  /** How long such a thread then sleeps before it looks again: a fraction of a leg. */
  private static final long NAP_NANOS = 50_000;

  private AtomicIntegerArray taken = new AtomicIntegerArray(0);
  private AtomicIntegerArray done = new AtomicIntegerArray(0);
  private int legs;
  private int groups;
  private int step;
  private boolean crowded;
  private volatile boolean failed;

  /**
   * Prepares a race; called before any part is run.
   *
   * @param crowded whether there are more threads than processors: waiting then gives way
   */
  void start(int legs, int groups, int members, boolean crowded) {
    this.legs = legs;
    this.groups = groups;
    step = members;
    this.crowded = crowded;
    failed = false;
    if (done.length() < groups) { // the last to grow: there may not be memory for both
      taken = new AtomicIntegerArray(groups);
      done = new AtomicIntegerArray(groups);
    }
    for (int group = 0; group < groups; group++) {
      taken.set(group, 0);
      done.set(group, 0);
    }
  }

  /** Runs every {@code step}-th leg, from {@code member} on. */
  void run(int member, Runner runner) {
    try {
      for (int leg = member; leg < legs; leg += step) {
        for (int group = 0; group < groups; group++) {
          await(leg, group, member, runner);
          if (failed) {
            return; // the team says what was thrown
          }
          take(leg, group, member, runner);
        }
      }
    } catch (Throwable thrown) { // in a leg or, where the stack overflows, between two
      failed = true;
      throw thrown;
    }
  }

  private void await(int leg, int group, int member, Runner runner) {
    int patience = crowded ? YIELDS : PATIENCE;
    int looks = 0;
    while (done.get(group) < leg && !failed) {
      looks++;
      if (looks <= patience) {
        giveWay();
      } else if (!takeOver(member, runner) && crowded) {
        LockSupport.parkNanos(this, NAP_NANOS);
      } else {
        giveWay();
      }
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // nothing relies on it: it only saves time
  private void giveWay() {
    if (crowded) {
      Thread.yield();
    } else {
      Thread.onSpinWait();
    }
  }

  /** Runs the next leg of each group for which it is ready; returns whether there was one. */
  private boolean takeOver(int member, Runner runner) {
    boolean any = false;
    for (int group = 0; group < groups; group++) {
      any |= take(done.get(group), group, member, runner);
    }
    return any;
  }

  /** Runs a leg that is ready, unless somebody else has taken it. */
  private boolean take(int leg, int group, int member, Runner runner) {
    if (leg < legs && taken.compareAndSet(group, leg, leg + 1)) {
      runner.run(member, leg, group);
      done.set(group, leg + 1);
      return true;
    }
    return false;
  }
}
