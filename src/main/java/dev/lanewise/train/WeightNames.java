package dev.lanewise.train;

import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.support.InputFile;
import dev.lanewise.io.support.Names;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

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
  record Line(String where, String theirs, String ours) {
    /** The refusal of the line: one sentence. */
    InvalidFileException wrong(String problem) {
      return new InvalidFileException(where, problem);
    }

    boolean names(Part part) {
      return ours.equals(part.name());
    }

    boolean names(Wanted wanted) {
      return ours.equals(wanted.name()) || ours.equals(wanted.variable().name());
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

  List<Line> lines() {
    return lines;
  }
}
