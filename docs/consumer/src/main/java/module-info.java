/** A program of its own that uses Lanewise. */
module example.digits {
  requires dev.lanewise;
}
