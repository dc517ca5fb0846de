package dev.lanewise.cli;

import dev.lanewise.cli.support.UserException;
import dev.lanewise.nn.MnistCnn;
import dev.lanewise.nn.Sequential;
import dev.lanewise.onnx.Onnx;
import dev.lanewise.train.CheckpointFolder;
import dev.lanewise.train.WeightLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads the CNN's weights from one format and writes them in another. */
@Command(
    name = "convert",
    description = "Reads the CNN's weights from a file and writes them in another format.")
final class ConvertCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "IN",
      description =
          "The weights: a safetensors file, a checkpoint, the newest one in a folder of"
              + " checkpoints, .keras or .weights.h5 of Keras, .npz of NumPy, or ONNX that this"
              + " program wrote.")
  private Path in = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      converter = RunFiles.OutputConverter.class,
      description =
          "Where to write them: as safetensors, or as ONNX, .npz or Keras's .weights.h5 if OUT ends"
              + " so.")
  private Path out = Path.of("");

  @Option(
      names = "--load-layout",
      paramLabel = "LAYOUT",
      defaultValue = "keras",
      description = "Layout of the weights in IN, keras or pytorch (default: ${DEFAULT-VALUE}).")
  private WeightLayout loadLayout = WeightLayout.KERAS;

  @Option(
      names = "--load-names",
      paramLabel = "FILE",
      description = "Names of the weights in IN, as --names gives those in OUT.")
  private @Nullable Path loadNames;

  @Mixin private final LayoutOptions layout = new LayoutOptions();

  @Option(
      names = "--onnx-images",
      paramLabel = "ORDER",
      defaultValue = "nchw",
      description = "Order of the images' dimensions in ONNX: nchw or nhwc (default: nchw).")
  private Onnx.Images images = Onnx.Images.NCHW;

  @Override
  public Integer call() {
    RunFiles files = new RunFiles();
    files.readsOrKeeps("IN", in);
    files.reads("--load-names", loadNames);
    layout.addTo(files);
    files.writes("OUT", out);
    Sequential model = MnistCnn.create(0);
    layout.check("OUT", out, model);
    try {
      Path file = CheckpointFolder.fileAt(in);
      if (Onnx.isName(file)) {
        ModelInput.read(file).into(model);
      } else {
        LayoutOptions.load(model, file, loadLayout, LayoutOptions.read(loadNames));
      }
      layout.save(model, out, images, Map.of());
    } catch (IOException e) {
      throw UserException.failed(e);
    }
    return Lanewise.OK;
  }
}
