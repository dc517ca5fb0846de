package dev.lanewise.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.support.FileFormat;
import dev.lanewise.io.support.InputFile;
import dev.lanewise.io.support.Names;
import dev.lanewise.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** What an ONNX file holds of what is used here, by the field numbers of onnx.proto3. */
final class OnnxFile {
  private static final String WANTED = "an ONNX model";
  private static final int OLDEST_OPSET = 6;
  private static final int NEWEST_OPSET = 25;

  /**
   * An input.
   *
   * @param name its name
   * @param type the number of its type
   * @param dims its dimensions, of which {@link Shape#BATCH} are open
   */
  record Input(String name, int type, List<Integer> dims) {}

  final SequencedMap<String, Input> inputs = new LinkedHashMap<>();
  final List<String> outputs = new ArrayList<>();
  final List<OnnxNode> nodes = new ArrayList<>();
  final SequencedMap<String, OnnxTensor> tensors = new LinkedHashMap<>();
  final SequencedMap<String, String> metadata = new LinkedHashMap<>();
  private final Path path;
  private long opset = -1;
  private boolean whole;

  private OnnxFile(Path path) {
    this.path = path;
  }

  static OnnxFile read(Path path) throws IOException {
    byte[] bytes = InputFile.bytes(path, WANTED);
    OnnxFile file = new OnnxFile(path);
    try {
      Fields in = new Fields(bytes);
      in.each(field -> file.model(field, in));
    } catch (InvalidProtocolBufferException | ArithmeticException damaged) {
      byte[] start = Arrays.copyOf(bytes, Math.min(bytes.length, FileFormat.START));
      String other = FileFormat.instead(start, FileFormat.ONNX, WANTED);
      throw file.refused(
          other == null ? "is no ONNX model, or damaged: " + damaged.getMessage() : "is " + other);
    } catch (IllegalArgumentException wrong) {
      throw file.refused("cannot be run: " + wrong.getMessage());
    }
    if (!file.whole || file.opset < 0) {
      throw file.refused("is no ONNX model: it has no graph, or does not say of which opset");
    }
    if (file.opset < OLDEST_OPSET || file.opset > NEWEST_OPSET) {
      throw file.refused(
          "has operators of opset %d, but those of %d to %d are known"
              .formatted(file.opset, OLDEST_OPSET, NEWEST_OPSET));
    }
    file.tensors.keySet().forEach(file.inputs::remove); // old files name them among the inputs
    return file;
  }

  InvalidFileException refused(String problem) {
    return new InvalidFileException(path.toString(), problem);
  }

  long opset() {
    return opset;
  }

  private void model(int field, Fields in) throws IOException {
    switch (field) {
      case 7 -> {
        whole = true;
        in.message(part -> graph(part, in));
      }
      case 8 -> opset(in);
      case 14 -> {
        String[] entry = entry(in);
        metadata.put(entry[0], entry[1]);
      }
      default -> in.skip();
    }
  }

  private void opset(Fields in) throws IOException {
    String[] domain = {""};
    long[] version = {0};
    in.message(
        field -> {
          switch (field) {
            case 1 -> domain[0] = in.text();
            case 2 -> version[0] = in.number();
            default -> in.skip();
          }
        });
    if (OnnxNode.isStandard(domain[0])) {
      opset = version[0];
    }
  }

  private void graph(int field, Fields in) throws IOException {
    switch (field) {
      case 1 -> nodes.add(OnnxNode.read(in, path));
      case 5 -> {
        OnnxTensor tensor = OnnxTensor.read(in, path);
        if (tensors.put(tensor.name(), tensor) != null) {
          throw new IllegalArgumentException(
              "there are two tensors " + Names.quoted(tensor.name()));
        }
      }
      case 11 -> {
        Input input = input(in);
        inputs.put(input.name(), input);
      }
      case 12 -> outputs.add(input(in).name());
      case 15 -> throw new IllegalArgumentException("it has sparse tensors, which are not known");
      default -> in.skip();
    }
  }

  /** A message {@code ValueInfoProto}. */
  private static Input input(Fields in) throws IOException {
    String[] name = {""};
    int[] type = {0};
    List<Integer> dims = new ArrayList<>();
    in.message(
        field -> {
          switch (field) {
            case 1 -> name[0] = in.text();
            case 2 -> in.message(kind -> type(kind, in, type, dims));
            default -> in.skip();
          }
        });
    return new Input(name[0], type[0], List.copyOf(dims));
  }

  private static void type(int kind, Fields in, int[] type, List<Integer> dims) throws IOException {
    if (kind != 1) {
      in.skip(); // a sequence or a map
      return;
    }
    in.message(
        field -> {
          switch (field) {
            case 1 -> type[0] = Math.toIntExact(in.number());
            case 2 -> in.message(part -> dims.add(dimension(in)));
            default -> in.skip();
          }
        });
  }

  private static int dimension(Fields in) throws IOException {
    long[] size = {Shape.BATCH};
    in.message(
        field -> {
          if (field == 1) {
            size[0] = in.number();
          } else {
            in.skip();
          }
        });
    return size[0] < 0 ? Shape.BATCH : Math.toIntExact(size[0]);
  }

  /** A message {@code StringStringEntryProto}: key and value. */
  static String[] entry(Fields in) throws IOException {
    String[] entry = {"", ""};
    in.message(
        field -> {
          switch (field) {
            case 1 -> entry[0] = in.text();
            case 2 -> entry[1] = in.text();
            default -> in.skip();
          }
        });
    return entry;
  }
}
