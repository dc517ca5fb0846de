package dev.lanewise.train;

import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.support.Names;
import dev.lanewise.train.ModelLayout.Part;
import dev.lanewise.train.WeightMatch.Ambiguous;
import dev.lanewise.train.WeightMatch.Misfit;
import dev.lanewise.train.WeightMatch.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.SequencedSet;

/** Why a file's weights are not a model's, in the file's own names and shapes. */
final class WeightMisfit {
  private static final int MOST_GROUPS = 4;

  private final String file;
  private final List<FileTensor> tensors;

  WeightMisfit(String file, List<FileTensor> tensors) {
    this.file = file;
    this.tensors = tensors;
  }

  /**
   * A file that is laid out otherwise than it was said to be.
   *
   * @param said what the model wants in the layout that was said
   * @param right the layout that it fits in
   * @param ours whether the file was saved by this program
   */
  InvalidFileException otherLayout(ModelLayout said, WeightLayout right, boolean ours) {
    return new InvalidFileException(
        file,
        ("%s%s layout, but was read as %s: it has %s, where %s and the like are "
                + "wanted; it fits with %s")
            .formatted(
                ours ? "was saved by Lanewise in " : "has its weights in ",
                library(right),
                library(said.layout()),
                Names.listed(tensors),
                said.weights().getFirst(),
                option(right)));
  }

  /** A file that does not fit in any layout, or in several ways. */
  InvalidFileException of(ModelLayout model, Outcome outcome) {
    return new InvalidFileException(
        file,
        switch (outcome) {
          case Ambiguous ways -> ambiguous(ways);
          case Misfit misfit -> misfit(model, misfit);
          case WeightMatch.Fits fits -> throw new IllegalArgumentException(fits.toString());
        });
  }

  private String misfit(ModelLayout model, Misfit misfit) {
    String in = " in " + library(model.layout()) + " layout";
    if (tensors.isEmpty()) {
      return "holds no tensors; the model wants " + Names.listed(model.weights()) + in;
    }
    if (misfit.left().isEmpty()) {
      return "has nothing that is %s, which the model wants%s; it has %s"
          .formatted(Names.listed(misfit.missing()), in, Names.listed(tensors));
    }
    if (misfit.missing().isEmpty()) {
      return "has %s, which the model has no place for; it wants %s%s"
          .formatted(Names.listed(misfit.left()), Names.listed(model.weights()), in);
    }
    int fitting = tensors.size() - misfit.left().size();
    return "does not fit the model, which wants %s%s; the file has %s%s"
        .formatted(
            Names.listed(misfit.missing()),
            in,
            Names.listed(misfit.left()),
            fitting == 0 ? "" : " instead, and " + fitting + " that fit or are no weights");
  }

  private static String library(WeightLayout layout) {
    return switch (layout) {
      case KERAS -> "Keras's";
      case PYTORCH -> "PyTorch's";
    };
  }

  /** What to ask for, on the command line and in Java. */
  private static String option(WeightLayout layout) {
    return "--layout " + layout.name().toLowerCase(Locale.ROOT) + " (WeightLayout." + layout + ")";
  }

  private static String ambiguous(Ambiguous ways) {
    SequencedMap<SequencedSet<Part>, List<FileModule>> groups = new LinkedHashMap<>();
    ways.candidates()
        .forEach(
            (module, parts) ->
                groups.computeIfAbsent(parts, same -> new ArrayList<>()).add(module));
    List<String> candidates = new ArrayList<>();
    groups.forEach(
        (parts, modules) ->
            candidates.add(Names.listed(modules) + " can be " + Names.either(parts)));
    FileModule first = ways.candidates().firstEntry().getKey();
    Part part = ways.candidates().firstEntry().getValue().getFirst();
    return ("fits the model in more than one way: %s%s%s; a file of names settles it "
            + "(--names FILE, WeightNames), with lines such as %s")
        .formatted(
            String.join("; ", candidates.subList(0, Math.min(candidates.size(), MOST_GROUPS))),
            candidates.size() > MOST_GROUPS ? "; and so on" : "",
            ways.contradicts()
                ? ", and the numbers in their names contradict their shapes"
                : ", and neither numbers in their names nor shapes tell which",
            Names.quoted(first.name() + " = " + part.name()));
  }
}
