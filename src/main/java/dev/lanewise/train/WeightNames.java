package dev.lanewise.train;

import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.support.InputFile;
import dev.lanewise.io.support.Names;
import dev.lanewise.train.FileModule.FileTensor;
import dev.lanewise.train.ModelLayout.Part;
import dev.lanewise.train.ModelLayout.Wanted;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which names of a file of weights belong to which names of a model, for files whose names and
 * shapes do not tell.
 *
 * <p>A line is {@code theirs = ours}: a tensor ({@code encoder.up.weight = dense/kernel}) or all
 * tensors of a module ({@code encoder.up = dense}). Names that are given for a part of the model
 * leave the rest to be found; once all of the model's weights have a name, whatever else the file
 * holds is left out. When weights are saved, those with a name are written under it.
 */
public final class WeightNames {
  private static final int LARGEST = 1 << 24;
  private static final Pattern COMMENT = Pattern.compile("(^|\\s)#.*");

  /** A line, and where it stands. */
  private record Line(String where, String theirs, String ours) {
    /** The refusal of the line: one sentence. */
    InvalidFileException wrong(String problem) {
      return new InvalidFileException(where, problem);
    }

    boolean isOf(FileTensor tensor) {
      return theirs.equals(tensor.name());
    }
  }

  private final List<Line> lines;

  private WeightNames(List<Line> lines) {
    this.lines = lines;
  }

  /**
   * Returns no names: all are found.
   *
   * @return names for nothing
   */
  public static WeightNames none() {
    return new WeightNames(List.of());
  }

  /** Whether there are none. */
  boolean isEmpty() {
    return lines.isEmpty();
  }

  /**
   * Takes names from a map.
   *
   * @param oursByTheirs the model's names by those of the file, of tensors or of modules and layers
   * @return the names
   * @throws IllegalArgumentException if two of the file's names are for one of the model's
   */
  public static WeightNames of(Map<String, String> oursByTheirs) {
    List<Line> lines = new ArrayList<>();
    oursByTheirs.forEach(
        (theirs, ours) ->
            lines.add(new Line("the name " + Names.quoted(theirs) + ":", theirs, ours)));
    try {
      return new WeightNames(distinct(lines));
    } catch (InvalidFileException twice) {
      throw new IllegalArgumentException(twice.getMessage(), twice);
    }
  }

  /**
   * Reads names from a text file: lines {@code theirs = ours}, blank lines, and comments from a
   * {@code #} at a line's beginning or behind a blank to its end.
   *
   * @param file the file, in UTF-8
   * @return the names
   * @throws InvalidFileException if a line is none of these or gives a name twice; the message is
   *     one sentence with the line's number
   * @throws IOException if it cannot be read
   */
  public static WeightNames read(Path file) throws IOException {
    List<String> texts = text(file).lines().toList();
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      String text = COMMENT.matcher(texts.get(i)).replaceFirst("").strip();
      if (text.isEmpty()) {
        continue;
      }
      String where = file + ", line " + (i + 1) + ":";
      int equals = text.lastIndexOf('='); // ours have none
      String theirs = text.substring(0, Math.max(0, equals)).strip();
      String ours = text.substring(equals + 1).strip();
      if (equals < 0 || theirs.isEmpty() || ours.isEmpty()) {
        throw new InvalidFileException(
            where, Names.quoted(text) + " is no line of names, which is 'theirs = ours'");
      }
      lines.add(new Line(where, theirs, ours));
    }
    return new WeightNames(distinct(lines));
  }

  private static String text(Path file) throws IOException {
    byte[] bytes =
        InputFile.read(
            file,
            () -> {
              try (InputStream in = Files.newInputStream(file)) {
                return in.readNBytes(LARGEST + 1);
              }
            });
    if (bytes.length > LARGEST) {
      throw new InvalidFileException(
          file.toString(), "is no file of names: it has more than " + LARGEST + " bytes");
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\ufeff") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new InvalidFileException(file.toString(), "is no file of names in UTF-8");
    }
  }

  private static List<Line> distinct(List<Line> lines) throws InvalidFileException {
    Map<String, Line> theirs = new HashMap<>();
    Map<String, Line> ours = new HashMap<>();
    for (Line line : lines) {
      if (theirs.put(line.theirs(), line) != null) {
        throw line.wrong(Names.quoted(line.theirs()) + " has an own line already");
      }
      Line before = ours.put(line.ours(), line);
      if (before != null) {
        throw line.wrong(
            Names.quoted(line.ours()) + " is " + Names.quoted(before.theirs()) + " already");
      }
    }
    return List.copyOf(lines);
  }

  /** What the names say about a model's weights. */
  static final class OfModel {
    /** A line and what it names: a layer, or one weight of it. */
    private record Target(Line line, Part part, @Nullable Wanted weight) {
      List<Wanted> weights() {
        return weight == null ? part.weights() : List.of(weight);
      }
    }

    private final ModelLayout model;
    private final List<Target> targets = new ArrayList<>();
    private final Map<Wanted, Target> byWeight = new HashMap<>();

    /**
     * Holds the names against a model.
     *
     * @throws InvalidFileException if a line names nothing of the model, or what another names too
     */
    OfModel(ModelLayout model, WeightNames names) throws InvalidFileException {
      this.model = model;
      for (Line line : names.lines) {
        Target target = target(line);
        targets.add(target);
        for (Wanted wanted : target.weights()) {
          Target before = byWeight.put(wanted, target);
          if (before != null) {
            String theirs = Names.quoted(before.line.theirs);
            throw line.wrong(wanted.name() + " has its name already, by " + theirs);
          }
        }
      }
    }

    private Target target(Line line) throws InvalidFileException {
      for (Part part : model.parts()) {
        if (line.ours.equals(part.name())) {
          return new Target(line, part, null);
        }
        for (Wanted wanted : part.weights()) {
          if (line.ours.equals(wanted.name()) || line.ours.equals(wanted.variable().name())) {
            return new Target(line, part, wanted);
          }
        }
      }
      throw line.wrong(
          "the model has no %s, but %s with %s"
              .formatted(
                  Names.quoted(line.ours),
                  Names.listed(model.parts()),
                  Names.listed(model.weights().stream().map(Wanted::name).toList())));
    }

    /**
     * The names under which the model is saved, in the order of its variables.
     *
     * @throws InvalidFileException if two weights would have one name
     */
    SequencedMap<String, Wanted> saved() throws InvalidFileException {
      SequencedMap<String, Wanted> saved = new LinkedHashMap<>();
      for (Wanted wanted : model.weights()) {
        Target target = byWeight.get(wanted);
        String name =
            target == null
                ? wanted.name()
                : target.line.theirs
                    + (target.weight == null ? model.separator() + wanted.role() : "");
        Wanted other = saved.putIfAbsent(name, wanted);
        if (other != null) {
          throw (target == null ? targets.getFirst() : target)
              .line.wrong(
                  "both %s and %s would be saved as %s"
                      .formatted(other.name(), wanted.name(), Names.quoted(name)));
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
      for (Target target : targets) {
        Wanted weight = target.weight;
        if (weight == null) {
          complete(target, module(target, tensors, modules), settled);
        } else {
          settled.put(
              weight, fitting(target.line, tensor(target.line, tensors, modules, weight), weight));
        }
      }
      for (Target target : targets) {
        if (target.weight != null) {
          // The layer's other weights lie beside the one that is named.
          FileModule module =
              modules.stream()
                  .filter(one -> one.tensors().stream().anyMatch(target.line::isOf))
                  .findFirst()
                  .orElseThrow();
          complete(target, module, settled);
        }
      }
      return settled;
    }

    /** Finds those of a layer's weights in a module that are not settled yet. */
    private static void complete(Target target, FileModule module, Map<Wanted, FileTensor> settled)
        throws InvalidFileException {
      for (Wanted wanted : target.part.weights()) {
        if (!settled.containsKey(wanted)) {
          FileTensor tensor = module.tensor(target.part, wanted).orElse(null);
          if (tensor == null) {
            throw target.line.wrong(
                "%s has no %s for %s, but %s"
                    .formatted(module, wanted.role(), wanted, Names.listed(module.tensors())));
          }
          settled.put(wanted, fitting(target.line, tensor, wanted));
        }
      }
    }

    private static FileTensor fitting(Line line, FileTensor tensor, Wanted wanted)
        throws InvalidFileException {
      if (!tensor.has(wanted.shape())) {
        throw line.wrong(tensor + " does not fit " + wanted);
      }
      return tensor;
    }

    private static FileModule module(
        Target target, Collection<FileTensor> tensors, List<FileModule> modules)
        throws InvalidFileException {
      String name = target.line.theirs.replaceFirst("[./]+$", "");
      for (FileModule module : modules) {
        if (module.name().equals(name)) {
          return module;
        }
      }
      for (FileTensor tensor : tensors) {
        if (tensor.name().equals(name)) {
          throw target.line.wrong(
              "%s is one tensor, but %s a layer with %s"
                  .formatted(tensor, target.part, Names.listed(target.part.weights())));
        }
      }
      throw target.line.wrong(
          "the file of weights has no " + Names.quoted(name) + ", but " + Names.listed(modules));
    }

    private static FileTensor tensor(
        Line line, Collection<FileTensor> tensors, List<FileModule> modules, Wanted wanted)
        throws InvalidFileException {
      for (FileTensor tensor : tensors) {
        if (line.isOf(tensor)) {
          return tensor;
        }
      }
      for (FileModule module : modules) {
        if (module.name().equals(line.theirs)) {
          throw line.wrong(
              "%s is a module with %s, but %s one tensor"
                  .formatted(module, Names.listed(module.tensors()), wanted));
        }
      }
      throw line.wrong(
          "the file of weights has no %s, but %s"
              .formatted(Names.quoted(line.theirs), Names.listed(tensors)));
    }
  }
}
