package dev.lanewise.train;

import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.support.Names;
import dev.lanewise.train.FileModule.FileTensor;
import dev.lanewise.train.ModelLayout.Part;
import dev.lanewise.train.ModelLayout.Wanted;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which of a file's tensors are a model's weights.
 *
 * <p>The file's modules go to the layers whose shapes they have. Names that are the model's own
 * decide first; then there is one way by shapes, or one that keeps the order of the numbers in the
 * names. If more ways remain, none is taken.
 */
final class WeightMatch {
  /** Up to so many modules are tried at each place to name the candidates. */
  private static final int MOST_TRIED = 50;

  /** Ways that are looked at to name the candidates among more modules. */
  private static final int MOST_WAYS = 1000;

  /** A search that takes more has found no answer. */
  private static final int MOST_STEPS = 200_000;

  /** Groups of candidates that a refusal names. */
  private static final int MOST_GROUPS = 4;

  /** How a file and a model go together. */
  sealed interface Outcome {}

  /** In one way. */
  record Fits(Map<Wanted, FileTensor> tensors) implements Outcome {}

  /** In none, or in several. */
  sealed interface Refusal extends Outcome {
    /** Why, in the file's own names and shapes: what follows its name in a sentence. */
    String words(ModelLayout model, List<FileTensor> tensors);
  }

  /**
   * In several ways.
   *
   * @param candidates the layers that each module in doubt could be
   * @param contradicts whether no way by shapes keeps the order of the numbers
   */
  record Ambiguous(SequencedMap<FileModule, SequencedSet<Part>> candidates, boolean contradicts)
      implements Refusal {
    @Override
    public String words(ModelLayout model, List<FileTensor> tensors) {
      SequencedMap<SequencedSet<Part>, List<FileModule>> groups = new LinkedHashMap<>();
      candidates.forEach(
          (module, parts) -> groups.computeIfAbsent(parts, same -> new ArrayList<>()).add(module));
      List<String> sentences = new ArrayList<>();
      groups.forEach(
          (parts, modules) ->
              sentences.add(Names.listed(modules) + " can be " + Names.either(parts)));
      FileModule first = candidates.firstEntry().getKey();
      Part part = candidates.firstEntry().getValue().getFirst();
      return ("fits the model in more than one way: %s%s%s; a file of names settles it "
              + "(--names FILE, WeightNames), with lines such as %s")
          .formatted(
              String.join("; ", sentences.subList(0, Math.min(sentences.size(), MOST_GROUPS))),
              sentences.size() > MOST_GROUPS ? "; and so on" : "",
              contradicts
                  ? ", and the numbers in their names contradict their shapes"
                  : ", and neither numbers in their names nor shapes tell which",
              Names.quoted(first.name() + " = " + part.name()));
    }
  }

  /**
   * In none.
   *
   * @param missing what the model wants and the file has not
   * @param left what the file has and the model has no place for
   */
  record Misfit(List<Wanted> missing, List<FileTensor> left) implements Refusal {
    @Override
    public String words(ModelLayout model, List<FileTensor> tensors) {
      String in = " in " + model.layout().library() + " layout";
      if (tensors.isEmpty()) {
        return "holds no tensors; the model wants " + Names.listed(model.weights()) + in;
      }
      if (left.isEmpty()) {
        return "has nothing that is %s, which the model wants%s; it has %s"
            .formatted(Names.listed(missing), in, Names.listed(tensors));
      }
      if (missing.isEmpty()) {
        return "has %s, which the model has no place for; it wants %s%s"
            .formatted(Names.listed(left), Names.listed(model.weights()), in);
      }
      int fitting = tensors.size() - left.size();
      return "does not fit the model, which wants %s%s; the file has %s%s"
          .formatted(
              Names.listed(missing),
              in,
              Names.listed(left),
              fitting == 0 ? "" : " instead, and " + fitting + " that fit or are no weights");
    }
  }

  private final List<Part> parts;
  private final List<FileModule> modules;
  private final Map<FileModule, Set<FileModule>> earlier = new HashMap<>();
  private int steps;

  private WeightMatch(List<Part> parts, List<FileModule> modules) {
    this.parts = parts;
    this.modules = modules;
  }

  /**
   * Finds a model's weights among a file's tensors.
   *
   * @param model what is wanted
   * @param tensors all that the file has
   * @param names what is settled beforehand
   * @throws InvalidFileException if the names do not fit the file or the model
   */
  static Outcome of(ModelLayout model, Collection<FileTensor> tensors, WeightNames names)
      throws InvalidFileException {
    Map<Wanted, FileTensor> found =
        new HashMap<>(new WeightNames.OfModel(model, names).settled(tensors));
    List<Part> parts =
        model.parts().stream()
            .filter(part -> !found.containsKey(part.weights().getFirst()))
            .toList();
    if (parts.isEmpty() && !found.isEmpty()) {
      return new Fits(found);
    }
    Set<FileTensor> taken = new HashSet<>(found.values());
    Set<String> own = model.weights().stream().map(Wanted::name).collect(Collectors.toSet());
    List<FileTensor> open =
        tensors.stream()
            .filter(tensor -> !taken.contains(tensor))
            .filter(tensor -> own.contains(tensor.name()) || !tensor.isNoWeight())
            .toList();
    List<FileModule> modules = FileModule.of(open, model.layout());
    SequencedMap<Part, FileModule> byName = byName(parts, modules);
    boolean named = byName.size() == parts.size();
    SequencedMap<Part, FileModule> fitting = named ? byName : byShape(parts, modules);
    if (fitting.size() < parts.size() || modules.size() > parts.size()) {
      return misfit(parts, modules, fitting);
    }
    if (named) {
      return fits(found, parts, List.copyOf(byName.values())); // in the order of the layers
    }
    return new WeightMatch(parts, modules).best(found);
  }

  /** The modules that have a layer's name and shapes. */
  private static SequencedMap<Part, FileModule> byName(List<Part> parts, List<FileModule> modules) {
    Map<List<String>, List<FileModule>> paths =
        modules.stream().collect(Collectors.groupingBy(FileModule::path));
    SequencedMap<Part, FileModule> fitting = new LinkedHashMap<>();
    for (Part part : parts) {
      List<FileModule> same = paths.getOrDefault(List.of(part.name()), List.of());
      if (same.size() == 1 && same.getFirst().fits(part)) {
        fitting.put(part, same.getFirst());
      }
    }
    return fitting;
  }

  /** One way by shapes, of as many layers as there is one for. */
  private static SequencedMap<Part, FileModule> byShape(
      List<Part> parts, List<FileModule> modules) {
    SequencedMap<Part, FileModule> fitting = new LinkedHashMap<>();
    Set<FileModule> left = new LinkedHashSet<>(modules);
    for (Part part : parts) {
      left.stream()
          .filter(module -> module.fits(part))
          .findFirst()
          .ifPresent(
              module -> {
                fitting.put(part, module);
                left.remove(module);
              });
    }
    return fitting;
  }

  private static Misfit misfit(
      List<Part> parts, List<FileModule> modules, SequencedMap<Part, FileModule> fitting) {
    Set<FileModule> used = new HashSet<>(fitting.values());
    return new Misfit(
        parts.stream()
            .filter(part -> !fitting.containsKey(part))
            .flatMap(part -> part.weights().stream())
            .toList(),
        modules.stream()
            .filter(module -> !used.contains(module))
            .flatMap(module -> module.tensors().stream())
            .toList());
  }

  private static Fits fits(Map<Wanted, FileTensor> found, List<Part> parts, List<FileModule> way) {
    Map<Wanted, FileTensor> tensors = new HashMap<>(found);
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      for (Wanted wanted : part.weights()) {
        tensors.put(wanted, way.get(i).tensor(part, wanted).orElseThrow());
      }
    }
    return new Fits(tensors);
  }

  private Outcome best(Map<Wanted, FileTensor> found) {
    List<List<FileModule>> ways = ways(2, null, 0);
    if (ways.size() == 1) {
      return fits(found, parts, ways.getFirst());
    }
    for (FileModule module : modules) {
      Set<FileModule> before = new HashSet<>();
      for (FileModule other : modules) {
        if (other.isBefore(module)) {
          before.add(other);
        }
      }
      earlier.put(module, before);
    }
    ways = ways(2, null, 0);
    if (ways.size() == 1 && steps < MOST_STEPS) {
      return fits(found, parts, ways.getFirst());
    }
    boolean contradicts = ways.isEmpty() && steps < MOST_STEPS;
    if (ways.size() < 2) {
      earlier.clear();
    }
    return new Ambiguous(candidates(), contradicts);
  }

  /**
   * Ways in which a module comes behind all that are earlier; the first ones if there are many.
   *
   * @param most how many of them
   * @param only a module that is to be at one place alone, or null
   * @param at its place
   */
  private List<List<FileModule>> ways(int most, @Nullable FileModule only, int at) {
    List<List<FileModule>> ways = new ArrayList<>();
    steps = only == null ? 0 : steps;
    extend(new LinkedHashSet<>(), ways, most, only, at);
    return ways;
  }

  private void extend(
      SequencedSet<FileModule> way,
      List<List<FileModule>> ways,
      int most,
      @Nullable FileModule only,
      int at) {
    int place = way.size();
    if (place == parts.size()) {
      ways.add(List.copyOf(way));
      return;
    }
    for (FileModule module : modules) {
      if (ways.size() < most
          && steps < MOST_STEPS
          && (only == null || (module == only) == (place == at))
          && !way.contains(module)
          && way.containsAll(earlier.getOrDefault(module, Set.of()))
          && module.fits(parts.get(place))) {
        steps++;
        way.add(module);
        extend(way, ways, most, only, at);
        way.remove(module);
      }
    }
  }

  /** The modules that are not the same layer in all ways, and the layers that they can be. */
  private SequencedMap<FileModule, SequencedSet<Part>> candidates() {
    SequencedMap<FileModule, SequencedSet<Part>> candidates = new LinkedHashMap<>();
    modules.forEach(module -> candidates.put(module, new LinkedHashSet<>()));
    List<List<FileModule>> some =
        ways(modules.size() > MOST_TRIED ? MOST_WAYS : 2, null, 0); // resets the steps
    for (int i = 0; i < parts.size(); i++) {
      for (FileModule module : modules) {
        int place = i;
        if (some.stream().anyMatch(way -> way.get(place) == module)
            || (modules.size() <= MOST_TRIED && !ways(1, module, place).isEmpty())) {
          candidates.getOrDefault(module, new LinkedHashSet<>()).add(parts.get(i));
        }
      }
    }
    candidates.values().removeIf(layers -> layers.size() == 1);
    return candidates;
  }
}
