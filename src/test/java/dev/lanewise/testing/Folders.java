package dev.lanewise.testing;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What lies in a folder. */
public final class Folders {
  private Folders() {}

  /** The names of all files in a folder, in order. */
  public static List<String> names(Path folder) throws IOException {
    return names(folder, "*");
  }

  /** The names that are like a pattern, in order; none where there is no such folder. */
  public static List<String> names(Path folder, String pattern) throws IOException {
    List<String> names = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, pattern)) {
        files.forEach(file -> names.add(file.getFileName().toString()));
      }
    }
    Collections.sort(names);
    return names;
  }
}
