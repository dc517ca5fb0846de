package dev.lanewise.io.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what with a file that is to be replaced: its permissions, group and owner.
 *
 * @param old what the file has; null if there is none, or its system knows no permissions
 */
record FileMode(@Nullable PosixFileAttributes old) {
  static FileMode of(Path file) {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    try {
      return new FileMode(view == null ? null : view.readAttributes());
    } catch (IOException none) {
      return new FileMode(null);
    }
  }

  /** What the new file is made with: never more than the old one has; else the umask decides. */
  FileAttribute<?>[] atCreation() {
    PosixFileAttributes kept = old;
    return kept == null
        ? new FileAttribute<?>[0]
        : new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(kept.permissions())};
  }

  /** Gives the new file what the old one has, as far as the system allows it. */
  void set(Path fresh) throws IOException {
    PosixFileAttributes kept = old;
    PosixFileAttributeView view = Files.getFileAttributeView(fresh, PosixFileAttributeView.class);
    if (kept == null || view == null) {
      return;
    }
    PosixFileAttributes now = view.readAttributes();
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    permissions.addAll(kept.permissions());
    if (!now.group().equals(kept.group())) {
      try {
        view.setGroup(kept.group());
      } catch (IOException notAMember) {
        // Another group may do no more than anybody.
        keepIf(permissions, PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
        keepIf(permissions, PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
        keepIf(permissions, PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE);
      }
    }
    try {
      if (!now.permissions().equals(permissions)) {
        view.setPermissions(permissions);
      }
      if (!now.owner().equals(kept.owner())) {
        view.setOwner(kept.owner());
      }
    } catch (IOException notAllowed) {
      // It was made with no more than the old one's permissions; and only root gives files away.
    }
  }

  private static void keepIf(
      Set<PosixFilePermission> permissions, PosixFilePermission of, PosixFilePermission other) {
    if (!permissions.contains(other)) {
      permissions.remove(of);
    }
  }
}
