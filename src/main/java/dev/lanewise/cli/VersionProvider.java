package dev.lanewise.cli;

import dev.lanewise.cli.support.Machine;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class VersionProvider implements IVersionProvider {
  VersionProvider() {}

  @Override
  public String[] getVersion() {
    return new String[] {"lanewise " + Machine.version()};
  }
}
