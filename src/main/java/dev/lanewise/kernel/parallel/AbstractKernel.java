package dev.lanewise.kernel.parallel;

import dev.lanewise.kernel.Kernel;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the twins of a family share: the team, and reusable {@link Call} objects.
 *
 * <p>A family's contract is an interface. One abstract class implements it: its final methods check
 * the arguments, write them into a call from {@link #take} and {@link #run} it, so that both twins
 * refuse alike; the twins below it supply the loops.
 *
 * @param <C> the family's call object
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public abstract class AbstractKernel<C extends Call> implements Kernel {
  private final @Nullable Team team;
  private final ObjectPool<C> calls;

  /**
   * Makes a scalar twin: no vectors, one thread.
   *
   * @param newCall makes a call object
   */
  protected AbstractKernel(Supplier<C> newCall) {
    this(newCall, null);
  }

  /**
   * Makes a SIMD twin over a team, or without one a scalar twin.
   *
   * @param newCall makes a call object
   * @param team divides large calls, no result depends on it; or null
   * @throws IllegalStateException if the requested vector width cannot be had
   */
  protected AbstractKernel(Supplier<C> newCall, @Nullable Team team) {
    if (team != null) {
      VectorWidth.require();
    }
    this.team = team;
    calls = new ObjectPool<>(newCall);
  }

  /**
   * Returns how many elements the loops of a twin take at a time.
   *
   * @param team a SIMD twin's team, or null
   * @return the lanes of a vector, or 1 without a team
   */
  protected static int granule(@Nullable Team team) {
    return team == null ? 1 : VectorWidth.LANES;
  }

  @Override
  public final int vectorBits() {
    return team == null ? 0 : VectorWidth.BITS;
  }

  @Override
  public final int threads() {
    return team == null ? 1 : team.size();
  }

  /**
   * Returns how many members of the team the next call is divided among.
   *
   * @return the number; 1 for a scalar twin
   */
  protected final int members() {
    return team == null ? 1 : team.members();
  }

  /**
   * Returns a call to fill. One whose arguments turn out to be wrong is not used again.
   *
   * @return a call that no one else uses
   */
  protected final C take() {
    return calls.take();
  }

  /**
   * Runs a filled call over its items, at once or divided over the team, and takes it back. A call
   * that throws is not used again.
   *
   * @param call from {@link #take}
   * @param items how many items there are
   * @param multiple ranges begin at multiples of this: {@link Call#ELEMENTS} for elements, 1 for
   *     rows
   * @param elements how many elements are computed, all in all: below {@link Call#ALONE} the caller
   *     does them
   */
  protected final void run(C call, int items, int multiple, long elements) {
    divide(call, items, multiple, elements);
    give(call);
  }

  /**
   * As {@link #run}, but leaves the call filled: for results in its fields, which are read before
   * it is given back.
   *
   * @param call from {@link #take}
   * @param items how many items there are
   * @param multiple ranges begin at multiples of this
   * @param elements how many elements are computed, all in all
   */
  protected final void divide(C call, int items, int multiple, long elements) {
    Team team = this.team;
    if (team == null) {
      call.runAlone(items);
    } else {
      call.runDivided(team, items, multiple, elements);
    }
  }

  /**
   * Takes back a call that has run.
   *
   * @param call from {@link #take}
   */
  protected final void give(C call) {
    call.clear();
    calls.give(call);
  }
}
