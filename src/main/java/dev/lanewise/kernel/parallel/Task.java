package dev.lanewise.kernel.parallel;

/** Work that a {@link Team} divides into numbered parts. */
@FunctionalInterface
public interface Task {
  /**
   * Does one part of the work; called exactly once for each part, by some thread of the team.
   *
   * @param part the part's number, from 0
   * @param scratch this thread's scratch memory for the time of the call
   */
  void run(int part, Scratch scratch);
}
