package dev.lanewise.train;

import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.support.Names;
import dev.lanewise.train.ModelLayout.Part;
import dev.lanewise.train.ModelLayout.Wanted;
import dev.lanewise.train.WeightNames.Line;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** What {@link WeightNames} say about a model's weights. */
final class NamedWeights {
  private final ModelLayout model;
  private final List<Line> lines;

  /**
   * Holds the names against a model.
   *
   * @throws InvalidFileException if a line names nothing of the model, or what another names too
   */
  NamedWeights(ModelLayout model, WeightNames names) throws InvalidFileException {
    this.model = model;
    lines = names.lines();
    Map<Wanted, Line> taken = new HashMap<>();
    for (Line line : lines) {
      for (Wanted wanted : wanted(line)) {
        Line before = taken.put(wanted, line);
        if (before != null) {
          throw line.wrong(
              wanted.name() + " has its name already, by " + Names.quoted(before.theirs()));
        }
      }
    }
  }

  /** What a line is for: a layer's weights or one of them. */
  private List<Wanted> wanted(Line line) throws InvalidFileException {
    for (Part part : model.parts()) {
      if (line.names(part)) {
        return part.weights();
      }
      for (Wanted wanted : part.weights()) {
        if (line.names(wanted)) {
          return List.of(wanted);
        }
      }
    }
    throw line.wrong(
        "the model has no %s, but %s with %s"
            .formatted(
                Names.quoted(line.ours()),
                Names.listed(model.parts().stream().map(Part::name).toList()),
                Names.listed(model.weights().stream().map(Wanted::name).toList())));
  }

  /**
   * The names under which the model is saved, in the order of its variables.
   *
   * @throws InvalidFileException if two weights would have one name
   */
  SequencedMap<String, Wanted> saved() throws InvalidFileException {
    SequencedMap<String, Wanted> saved = new LinkedHashMap<>();
    for (Part part : model.parts()) {
      for (Wanted wanted : part.weights()) {
        Optional<Line> line =
            lines.stream().filter(one -> one.names(part) || one.names(wanted)).findFirst();
        String name =
            line.map(
                    one ->
                        one.names(wanted)
                            ? one.theirs()
                            : one.theirs() + model.separator() + wanted.role())
                .orElse(wanted.name());
        Wanted other = saved.putIfAbsent(name, wanted);
        if (other != null) {
          String where = line.map(Line::where).orElse(lines.getFirst().where());
          throw new InvalidFileException(
              where,
              "both %s and %s would be saved as %s"
                  .formatted(other.name(), wanted.name(), Names.quoted(name)));
        }
      }
    }
    return saved;
  }

  /**
   * The tensors of a file that the names settle: all of a layer's or none.
   *
   * @throws InvalidFileException if a line names nothing of the file, or what does not fit
   */
  Map<Wanted, FileTensor> settled(Collection<FileTensor> tensors) throws InvalidFileException {
    List<FileModule> modules = FileModule.of(tensors, model.layout());
    Map<Wanted, FileTensor> settled = new HashMap<>();
    for (Line line : lines) {
      for (Part part : model.parts()) {
        if (line.names(part)) {
          FileModule module = module(line, tensors, modules, part);
          for (Wanted wanted : part.weights()) {
            settled.put(wanted, inside(line, module, part, wanted));
          }
        }
        for (Wanted wanted : part.weights()) {
          if (line.names(wanted)) {
            settled.put(wanted, fitting(line, tensor(line, tensors, modules, wanted), wanted));
          }
        }
      }
    }
    for (Line line : lines) {
      for (Part part : model.parts()) {
        if (part.weights().stream().anyMatch(line::names)) {
          complete(line, part, modules, settled);
        }
      }
    }
    return settled;
  }

  /** Finds a layer's other weights beside the one that a line names. */
  private static void complete(
      Line line, Part part, List<FileModule> modules, Map<Wanted, FileTensor> settled)
      throws InvalidFileException {
    for (Wanted wanted : part.weights()) {
      if (!settled.containsKey(wanted)) {
        FileModule module =
            modules.stream()
                .filter(one -> one.tensors().stream().anyMatch(t -> t.name().equals(line.theirs())))
                .findFirst()
                .orElseThrow();
        settled.put(wanted, inside(line, module, part, wanted));
      }
    }
  }

  private static FileTensor inside(Line line, FileModule module, Part part, Wanted wanted)
      throws InvalidFileException {
    Optional<FileTensor> tensor = module.tensor(part, wanted);
    if (tensor.isEmpty()) {
      throw line.wrong(
          "%s has no %s for %s, but %s"
              .formatted(module, wanted.role(), wanted, Names.listed(module.tensors())));
    }
    return fitting(line, tensor.get(), wanted);
  }

  private static FileTensor fitting(Line line, FileTensor tensor, Wanted wanted)
      throws InvalidFileException {
    if (!tensor.has(wanted.shape())) {
      throw line.wrong(tensor + " does not fit " + wanted);
    }
    return tensor;
  }

  private static FileModule module(
      Line line, Collection<FileTensor> tensors, List<FileModule> modules, Part part)
      throws InvalidFileException {
    String name = line.theirs().replaceFirst("[./]+$", "");
    for (FileModule module : modules) {
      if (module.name().equals(name)) {
        return module;
      }
    }
    for (FileTensor tensor : tensors) {
      if (tensor.name().equals(name)) {
        throw line.wrong(
            "%s is one tensor, but %s a layer with %s"
                .formatted(tensor, part.name(), Names.listed(part.weights())));
      }
    }
    throw line.wrong(
        "the file of weights has no " + Names.quoted(name) + ", but " + Names.listed(modules));
  }

  private static FileTensor tensor(
      Line line, Collection<FileTensor> tensors, List<FileModule> modules, Wanted wanted)
      throws InvalidFileException {
    for (FileTensor tensor : tensors) {
      if (tensor.name().equals(line.theirs())) {
        return tensor;
      }
    }
    for (FileModule module : modules) {
      if (module.name().equals(line.theirs())) {
        throw line.wrong(
            "%s is a module with %s, but %s one tensor"
                .formatted(module, Names.listed(module.tensors()), wanted));
      }
    }
    throw line.wrong(
        "the file of weights has no %s, but %s"
            .formatted(Names.quoted(line.theirs()), Names.listed(tensors)));
  }
}
