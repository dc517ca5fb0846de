package dev.lanewise.kernel.parallel;

import dev.lanewise.kernel.support.Check;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed group of threads that runs one job at a time, divided into numbered parts.
 *
 * <p>The thread that calls {@link #run} is the team's first member; the others are daemon threads
 * that spin for a fraction of a millisecond after a job, so that the next one starts at once, and
 * then park. Parts are dealt out in a fixed way (member w of s gets the parts from w·parts/s to
 * (w+1)·parts/s), which keeps each member's data in its own cache; no result of a kernel depends on
 * it.
 *
 * <p>A second caller waits until the job in hand is done. A call from inside a job of the same team
 * runs inline on the calling member. So a part must not wait for another thread that uses its team,
 * and two teams must not call each other in a circle: each would wait for the other. A team is
 * closed when it is no longer needed; closing twice is harmless. Thread-safe.
 */
public final class Team implements AutoCloseable {
  /**
   * Pauses between two looks at the mailbox before a member parks: some 0.3 ms, more than what a
   * training step computes on one thread in between. A member that parked starts 0.05 ms late.
   */
  private static final int SPINS = 20_000;

  /**
   * How long a member sleeps before it looks by itself: a caller whose stack has no room for
   * another call may have put a job into the mailbox, but could not wake anybody.
   */
  private static final long SLEEP_NANOS = 100_000_000;

  /** A monitor, not a lock object: it is left whatever is thrown, even where no call fits. */
  private final Object lock = new Object();

  private final Worker[] workers;
  private final int spins;
  private volatile @Nullable Throwable failure;
  private Scratch callerScratch = new Scratch();

  /** The caller of the job in hand, who holds the monitor; a thread asks only for itself. */
  private @Nullable Thread owner;

  private volatile @Nullable Thread waiting;
  private volatile int members;
  private boolean closed;

  private Team(int threads) {
    Check.atLeast("threads", threads, 1);
    members = threads;
    // More members than processors: spinning would only keep the others from running.
    spins = threads <= Runtime.getRuntime().availableProcessors() ? SPINS : 0;
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
    }
    try {
      for (Worker worker : workers) {
        worker.start();
      }
    } catch (Throwable noMoreThreads) {
      close(); // those that did start must not wait for ever
      throw noMoreThreads;
    }
  }

  /**
   * Starts a team.
   *
   * @param threads its size, the calling thread included; at least 1
   * @return a team that the caller closes
   * @throws IllegalArgumentException if {@code threads} is below 1
   */
  public static Team of(int threads) {
    return new Team(threads);
  }

  /**
   * Starts a team as large as the number of processors available to this VM.
   *
   * @return a team that the caller closes
   */
  public static Team ofProcessors() {
    return new Team(Runtime.getRuntime().availableProcessors());
  }

  /**
   * Returns the number of threads, the caller of {@link #run} included.
   *
   * @return at least 1
   */
  public int size() {
    return workers.length + 1;
  }

  /**
   * Returns among how many members the next job is divided.
   *
   * @return from 1 to {@link #size}
   */
  public int members() {
    return members;
  }

  /**
   * Divides the jobs that follow among fewer members, or among all again; the others park. Results
   * do not depend on it.
   *
   * <p>For a program that has just started: as long as the VM compiles the kernels, it needs a
   * processor of its own more than the kernels need the last one.
   *
   * @param members how many, from 1 to {@link #size}
   * @throws IllegalArgumentException if {@code members} is out of that range
   */
  public void use(int members) {
    Check.atLeast("members", members, 1);
    if (members > size()) {
      throw new IllegalArgumentException(
          "members is " + members + ", but the team has only " + size());
    }
    this.members = members;
  }

  /**
   * Runs the parts 0 to {@code parts} − 1 of a task and returns when all are done.
   *
   * <p>Allocates nothing. If a part throws, no member begins a further part, and what it threw (the
   * first, if several did) is thrown here once all members have stopped; the team stays usable,
   * also where the stack overflowed. An interrupt of the caller does not stop the job and is still
   * pending afterwards.
   *
   * @param parts how many parts there are; with 0 nothing is run
   * @param task what to run
   * @throws IllegalArgumentException if {@code parts} is negative
   * @throws IllegalStateException if the team is closed
   */
  public void run(int parts, Task task) {
    Check.atLeast("parts", parts, 0);
    if (parts == 0) {
      return;
    }
    Thread caller = Thread.currentThread();
    if (caller instanceof Worker worker && worker.team() == this) {
      Scratch outer = worker.scratch;
      Scratch inner = outer.nested();
      worker.scratch = inner;
      try {
        runInline(parts, task, inner);
      } finally {
        worker.scratch = outer;
      }
      return;
    }
    if (caller == owner) {
      Scratch outer = callerScratch;
      Scratch inner = outer.nested();
      callerScratch = inner;
      try {
        runInline(parts, task, inner);
      } finally {
        callerScratch = outer;
      }
      return;
    }
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("the team is closed, but was asked to run a task");
      }
      owner = caller;
      try {
        int members = Math.min(parts, this.members);
        if (members == 1) {
          runInline(parts, task, callerScratch);
        } else {
          runTogether(members, parts, task);
        }
      } finally {
        owner = null;
      }
    }
  }

  private static void runInline(int parts, Task task, Scratch scratch) {
    for (int part = 0; part < parts; part++) {
      task.run(part, scratch);
    }
  }

  private void runTogether(int members, int parts, Task task) {
    failure = null;
    try {
      for (int w = 1; w < members; w++) {
        workers[w - 1].give(task, first(w, members, parts), first(w + 1, members, parts));
      }
      runParts(task, 0, first(1, members, parts), callerScratch);
    } catch (Throwable thrown) { // the stack ended before or after a part
      failure = thrown;
    }
    for (int w = 1; w < members; w++) {
      Worker worker = workers[w - 1];
      while (worker.done != worker.given) {
        try {
          awaitDone(worker);
        } catch (Throwable ignored) {
          // No room for a call: looks again. Nobody may leave while a member works for him.
        }
      }
    }
    waiting = null;
    Throwable thrown = failure;
    if (thrown != null) {
      failure = null;
      throw Team.<RuntimeException>unchecked(thrown);
    }
  }

  /** The same object, passed off as unchecked: a part may throw what it does not declare. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> T unchecked(Throwable thrown) throws T {
    throw (T) thrown;
  }

  private static int first(int member, int members, int parts) {
    return (int) ((long) parts * member / members);
  }

  private void runParts(Task task, int from, int to, Scratch scratch) {
    try {
      for (int part = from; part < to && failure == null; part++) {
        task.run(part, scratch);
      }
    } catch (Throwable thrown) { // checked ones too: a member that died here would never be done
      if (failure == null) {
        failure = thrown;
      }
    }
  }

  private void awaitDone(Worker worker) {
    for (int i = 0; i < spins; i++) {
      if (worker.isDone()) {
        return;
      }
      Thread.onSpinWait();
    }
    boolean interrupted = false;
    waiting = Thread.currentThread();
    while (!worker.isDone()) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    waiting = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Ends the team's threads once the job in hand is done; the team cannot be used any more.
   *
   * @throws IllegalStateException if called from inside one of the team's own tasks
   */
  @Override
  public void close() {
    Thread caller = Thread.currentThread();
    if (caller == owner || (caller instanceof Worker worker && worker.team() == this)) {
      throw new IllegalStateException("a team cannot be closed from inside one of its own tasks");
    }
    synchronized (lock) {
      closed = true; // a second time, members are told again: the first may not have come so far
      for (Worker worker : workers) {
        worker.give(null, 0, 0);
      }
    }
  }

  /** A member other than the caller, with a mailbox that only the caller of a run writes to. */
  private final class Worker extends Thread {
    private Scratch scratch = new Scratch();
    private @Nullable Task task;
    private int from;
    private int to;
    private volatile int given;
    private volatile int done;
    private volatile boolean parked;

    Worker(int number) {
      // Inherits no thread-locals: they would live as long as the team.
      super(null, null, "lanewise-team-" + number, 0, false);
      setDaemon(true);
    }

    Team team() {
      return Team.this;
    }

    boolean isDone() {
      return done == given;
    }

    /** Puts a job into the mailbox; no task means the end. Called under the team's lock. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time: the holder of the lock
    void give(@Nullable Task task, int from, int to) {
      this.task = task;
      this.from = from;
      this.to = to;
      given++;
      if (parked) {
        LockSupport.unpark(this);
      }
    }

    @Override
    public void run() {
      int seen = 0;
      while (true) {
        awaitJob(seen);
        seen = given;
        Task job = task;
        if (job == null) {
          return;
        }
        runParts(job, from, to, scratch);
        task = null; // an idle team must not keep the caller's arrays alive
        done = seen;
        Thread caller = waiting;
        if (caller != null) {
          LockSupport.unpark(caller);
        }
      }
    }

    private void awaitJob(int seen) {
      for (int i = 0; i < spins; i++) {
        if (given != seen) {
          return;
        }
        Thread.onSpinWait();
      }
      parked = true;
      while (given == seen) {
        LockSupport.parkNanos(Team.this, SLEEP_NANOS);
        Thread.interrupted(); // nobody but the team has business here: an interrupt would only spin
      }
      parked = false;
    }
  }
}
