package dev.lanewise.cli;

import dev.lanewise.cli.support.Terminal;
import dev.lanewise.cli.support.UserException;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.Mnist;
import dev.lanewise.kernel.KernelChoice;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that several commands have. */
final class CommonOptions {
  private CommonOptions() {}

  /** Where the images come from. */
  static final class Data {
    @Option(
        names = "--data",
        paramLabel = "DIR",
        description =
            "Folder with four IDX files, plain or gzip, named like MNIST's: Fashion-MNIST's for example,"
                + " or the folders of Kaggle, torchvision and EMNIST (default: the embedded MNIST).")
    private @Nullable Path folder;

    /** What the images are, for reports. */
    String description() {
      Path from = folder;
      return from == null ? "MNIST" : from.toString();
    }

    /** Names the files that are read. */
    void addTo(RunFiles files) {
      Path from = folder;
      if (from != null) {
        try {
          files.reads("--data", Mnist.files(from));
        } catch (IOException missing) {
          // Loading says so, and nothing of it can be lost.
        }
      }
    }

    /** The first images, as --limit says; all if it is not given. */
    static Dataset limited(Dataset images, @Nullable Integer most) {
      if (most == null) {
        return images;
      }
      if (most < 1 || most > images.count()) {
        throw UserException.wrongOption(
            "--limit is %s, but must be from 1 to %s, the number of training images"
                .formatted(most, images.count()));
      }
      return images.limit(most);
    }

    /** Loads the data set. */
    Mnist load() throws IOException {
      Path from = folder;
      return from == null ? Mnist.load() : Mnist.load(from);
    }
  }

  /** What to compute with: the options of threads and vector width. */
  static final class Machine {
    /** What failed where the VM calls it a lack of memory that it got no thread. */
    static final String NO_THREAD =
        "The system lets this program start no more threads (ulimit -u or the container limits them)";

    private static final int MOST_THREADS = 1024;
    private static final Set<Integer> WIDTHS = Set.of(0, 64, 128, 256, 512);

    @Option(
        names = "--threads",
        paramLabel = "N",
        description = "Number of threads (default: the number of processors).")
    private @Nullable Integer threads;

    @Option(
        names = "--vector-bits",
        paramLabel = "N",
        description =
            "Width of the vectors: 64, 128, 256 or 512 bits, or 0 for scalar kernels (default: what"
                + " the machine prefers). The results have the same bits.")
    private @Nullable Integer vectorBits;

    /**
     * Sets the vector width for this VM. Called before anything reads it: the width is read once,
     * and compiled code counts on it.
     */
    void apply() {
      Integer bits = vectorBits;
      if (bits != null) {
        if (!WIDTHS.contains(bits)) {
          throw UserException.wrongOption(
              "--vector-bits is " + bits + ", but must be 0 (scalar), 64, 128, 256 or 512");
        }
        System.setProperty("lanewise.vectorBits", bits.toString());
      }
      Integer count = threads;
      if (count != null && (count < 1 || count > MOST_THREADS)) {
        throw UserException.wrongOption(
            "--threads is " + count + ", but must be from 1 to " + MOST_THREADS);
      }
    }

    /** Starts the team. */
    Team team() {
      Integer given = threads;
      int count = given == null ? Runtime.getRuntime().availableProcessors() : given;
      try {
        return Team.of(count);
      } catch (OutOfMemoryError failed) {
        if (!isThread(failed)) {
          throw failed;
        }
        throw UserException.failed(
            "%s, but --threads is %s%s: a smaller one helps"
                .formatted(NO_THREAD, count, given == null ? ", the number of processors" : ""));
      }
    }

    /** Whether not memory is missing, but the permission to start a thread. */
    static boolean isThread(OutOfMemoryError failed) {
      return String.valueOf(failed.getMessage()).contains("native thread");
    }

    /** The kernels to use; one line on {@code err} says why, if they are not the SIMD ones. */
    Kernels kernels(Team team, PrintStream err) {
      try {
        Integer bits = vectorBits;
        if (bits != null && bits > 0) {
          return Kernels.simd(team);
        }
        KernelChoice choice = KernelChoice.now();
        if (choice.simd()) {
          return Kernels.simd(team);
        }
        if (bits == null) {
          err.println("Note: " + choice.fallback());
        }
        return Kernels.scalar();
      } catch (IllegalStateException refused) {
        throw UserException.wrongOption(refused);
      }
    }
  }

  /** How much is printed, and whether in colour. */
  static final class Output {
    private static final String ESCAPE = "\u001b[";

    @Option(
        names = {"-q", "--quiet"},
        description = "Prints only the result: no progress, no table.")
    private boolean quiet;

    @Option(
        names = "--no-color",
        description =
            "Prints no colours and redraws no line, even on a terminal; the environment variable"
                + " NO_COLOR does the same.")
    private boolean plain;

    boolean isQuiet() {
      return quiet;
    }

    /** Standard output as UTF-8, with lines that fit its terminal. */
    static PrintStream out() {
      return Terminal.folding(System.out, Terminal.width());
    }

    /** Whether the output may hold what only a terminal understands. */
    boolean isTerminal() {
      String noColor = System.getenv("NO_COLOR");
      return !plain && (noColor == null || noColor.isEmpty()) && Terminal.isThere();
    }

    String bold(String text) {
      return isTerminal() ? ESCAPE + "1m" + text + ESCAPE + "0m" : text;
    }
  }
}
