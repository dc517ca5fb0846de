package dev.lanewise.kernel.matmul;

import java.util.concurrent.atomic.AtomicIntegerArray;

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

  private AtomicIntegerArray taken = new AtomicIntegerArray(0);
  private AtomicIntegerArray done = new AtomicIntegerArray(0);
  private int legs;
  private int groups;
  private int step;
  private volatile boolean failed;

  /** Prepares a race; called before any part is run. */
  void start(int legs, int groups, int members) {
    this.legs = legs;
    this.groups = groups;
    step = members;
    failed = false;
    if (taken.length() < groups) {
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
    for (int leg = member; leg < legs; leg += step) {
      for (int group = 0; group < groups; group++) {
        await(leg, group, member, runner);
        if (failed) {
          return; // the team says what was thrown
        }
        take(leg, group, member, runner);
      }
    }
  }

  private void await(int leg, int group, int member, Runner runner) {
    int looks = 0;
    while (done.get(group) < leg && !failed) {
      looks++;
      if (looks > PATIENCE) {
        for (int other = 0; other < groups; other++) {
          take(done.get(other), other, member, runner);
        }
      }
      Thread.onSpinWait();
    }
  }

  /** Runs a leg that is ready, unless somebody else has taken it. */
  private void take(int leg, int group, int member, Runner runner) {
    if (leg < legs && taken.compareAndSet(group, leg, leg + 1)) {
      try {
        runner.run(member, leg, group);
      } catch (Throwable thrown) {
        failed = true;
        throw thrown;
      }
      done.set(group, leg + 1);
    }
  }
}
