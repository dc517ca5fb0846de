package dev.lanewise.train;

import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.Safetensors;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** What a file offers a model: its tensors, or if it is a checkpoint the weights of that. */
final class StoredWeights {
  private final Path file;
  private final @Nullable SequencedMap<String, Tensor> ofCheckpoint;
  private final List<FileTensor> tensors;

  private StoredWeights(Path file, SequencedMap<String, Tensor> ofCheckpoint) {
    this.file = file;
    this.ofCheckpoint = ofCheckpoint;
    tensors =
        ofCheckpoint.entrySet().stream().map(one -> tensor(one.getKey(), one.getValue())).toList();
  }

  private StoredWeights(Path file, Safetensors.Header header) {
    this.file = file;
    ofCheckpoint = null;
    tensors =
        header.tensors().entrySet().stream()
            .map(
                one -> new FileTensor(one.getKey(), one.getValue().shape(), one.getValue().dtype()))
            .toList();
  }

  /** Reads what there is: of a checkpoint, whose checksum is over all of it, everything. */
  static StoredWeights of(Path file) throws IOException {
    Safetensors.Header header;
    try {
      header = Safetensors.header(file);
      if (CheckpointFolder.isNamedAsCheckpoint(file)) {
        Safetensors.read(
            file, List.of()); // for its checksum: is what makes it a checkpoint damaged?
      }
    } catch (InvalidFileException damaged) {
      if (CheckpointFolder.isNamedAsCheckpoint(file)) {
        return ofCheckpoint(file); // which names the one before it
      }
      throw damaged;
    }
    return CheckpointFile.isCheckpoint(header.metadata())
        ? ofCheckpoint(file)
        : new StoredWeights(file, header);
  }

  private static StoredWeights ofCheckpoint(Path file) throws IOException {
    return new StoredWeights(file, CheckpointFolder.readAmongOthers(file).weights());
  }

  private static FileTensor tensor(String name, Tensor tensor) {
    List<Long> shape = Arrays.stream(tensor.shape().dims()).mapToObj(Long::valueOf).toList();
    return new FileTensor(name, shape, "F32");
  }

  List<FileTensor> tensors() {
    return tensors;
  }

  /** The tensors of these names; none of those that it does not have. */
  SequencedMap<String, Tensor> read(List<String> names) throws IOException {
    SequencedMap<String, Tensor> weights = ofCheckpoint;
    return weights == null ? Safetensors.read(file, names).tensors() : weights;
  }
}
