package dev.lanewise.testing;

import dev.lanewise.data.ByteSamples;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.Labels;
import dev.lanewise.data.Mnist;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** The first images of MNIST as four IDX files in a folder, for runs of seconds. */
public final class SmallMnist {
  private static final int SIDE = 28;

  private SmallMnist() {}

  /** Writes the files. */
  public static void write(Path folder, int train, int test) throws IOException {
    Mnist mnist = Mnist.load();
    write(folder, "train", mnist.train(), train);
    write(folder, "t10k", mnist.test(), test);
  }

  private static void write(Path folder, String name, Dataset data, int count) throws IOException {
    ByteSamples samples = (ByteSamples) data.samples();
    Labels labels = (Labels) data.targets();
    ByteBuffer images = ByteBuffer.allocate(16 + count * SIDE * SIDE);
    images.putInt(0x803).putInt(count).putInt(SIDE).putInt(SIDE);
    images.put(samples.bytes(), samples.position(0), count * SIDE * SIDE);
    Files.write(folder.resolve(name + "-images-idx3-ubyte"), images.array());
    ByteBuffer answers = ByteBuffer.allocate(8 + count);
    answers.putInt(0x801).putInt(count);
    for (int i = 0; i < count; i++) {
      answers.put((byte) labels.label(i));
    }
    Files.write(folder.resolve(name + "-labels-idx1-ubyte"), answers.array());
  }
}
