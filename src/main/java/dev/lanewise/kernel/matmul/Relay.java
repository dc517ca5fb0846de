package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.parallel.Scratch;
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
final class Relay {
  /** Adds one leg's terms to one group's chains. */
  interface Runner {
    void run(int member, int leg, int group, Scratch scratch);
  }

  /** Looks at a group before it is taken over: longer than a leg takes. */
  private static final int PATIENCE = 20_000;

  private final int patience;
  private AtomicIntegerArray taken = new AtomicIntegerArray(0);
  private AtomicIntegerArray done = new AtomicIntegerArray(0);
  private int legs;
  private int groups;
  private int members;
  private volatile boolean failed;

  /**
   * Makes a relay.
   *
   * @param most members: where they are more than the processors, looking would only keep the
   *     others from running
   */
  Relay(int most) {
    patience = most <= Runtime.getRuntime().availableProcessors() ? PATIENCE : 0;
  }

  /** Prepares a race; called before any part is run. */
  void start(int legs, int groups, int members) {
    this.legs = legs;
    this.groups = groups;
    this.members = members;
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

  /** Runs a member's legs: its own and those of as many others as there are, in turn. */
  void run(int member, Runner runner, Scratch scratch) {
    try {
      for (int leg = member; leg < legs; leg += members) {
        for (int group = 0; group < groups; group++) {
          await(leg, group, member, runner, scratch);
          if (failed) {
            return; // the team says what was thrown
          }
          take(leg, group, member, runner, scratch);
        }
      }
    } catch (Throwable thrown) { // in a leg or, where the stack overflows, between two
      failed = true;
      throw thrown;
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // nothing relies on it: it only saves time
  private void await(int leg, int group, int member, Runner runner, Scratch scratch) {
    for (int looks = 0; done.get(group) < leg && !failed; looks++) {
      if (looks < patience) {
        Thread.onSpinWait();
      } else if (!takeOver(member, runner, scratch)) {
        Thread.yield();
      }
    }
  }

  /** Runs the next leg of each group for which it is ready; returns whether there was one. */
  private boolean takeOver(int member, Runner runner, Scratch scratch) {
    boolean any = false;
    for (int group = 0; group < groups; group++) {
      any |= take(done.get(group), group, member, runner, scratch);
    }
    return any;
  }

  /** Runs a leg that is ready, unless somebody else has taken it. */
  private boolean take(int leg, int group, int member, Runner runner, Scratch scratch) {
    if (leg < legs && taken.compareAndSet(group, leg, leg + 1)) {
      runner.run(member, leg, group, scratch);
      done.set(group, leg + 1);
      return true;
    }
    return false;
  }
}
