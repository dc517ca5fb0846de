package dev.lanewise.io.support;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Formats that a file may have in place of the one that is asked for, told by their first bytes.
 *
 * <p>Only for messages: a reader asks when it has to refuse a file.
 */
public enum FileFormat {
  TEXT("text", "", ""),
  HTML("an HTML page", "", "the download went wrong: fetch the file again"),
  XML("an XML document", "", "the download may have gone wrong: fetch the file again"),
  LFS_POINTER("a Git LFS pointer", "", "fetch the file that it stands for with 'git lfs pull'"),
  NPZ(
      "an npz archive of NumPy",
      "504b0304",
      "give it a name that ends with .npz if it holds weights, or unpack it: it is of npy files"),
  PYTORCH("a PyTorch file (.pt)", "504b0304", "save it with safetensors.torch.save_file first"),
  KERAS("a Keras model (.keras)", "504b0304", "save its weights as safetensors first"),
  OFFICE("an office document (as .xlsx)", "504b0304", "save its table as CSV first"),
  ZIP("a ZIP archive", "504b0304", "unpack it first"),
  EMPTY_ZIP("an empty ZIP archive", "504b0506", "pack it again"),
  GZIP("a gzip file", "1f8b", "unpack it first"),
  XZ("an xz file", "fd377a585a00", "unpack it first"),
  BZIP2("a bzip2 file", "425a68", "unpack it first"),
  ZSTD("a zstd file", "28b52ffd", "unpack it first"),
  LZ4("an lz4 file", "04224d18", "unpack it first"),
  LZW("a file packed by compress (.Z)", "1f9d", "unpack it first"),
  SEVEN_ZIP("a 7z archive", "377abcaf271c", "unpack it first"),
  RAR("a RAR archive", "526172211a07", "unpack it first"),
  TAR("a tar archive", "", "unpack it first"),
  ZLIB("packed by zlib", "78", "unpack it first"),
  HDF5("an HDF5 file (.h5)", "894844460d0a1a0a", "save what it holds in another format first"),
  PICKLE("a pickle of Python (as .pkl and old .pt files)", "80", "convert it in Python first"),
  MATLAB("a MATLAB file (.mat)", "4d41544c414220", "save what it holds in another format first"),
  PARQUET("a Parquet file", "50415231", "save its table as CSV first"),
  OLD_OFFICE("an old office document (as .xls)", "d0cf11e0a1b11ae1", "save its table as CSV first"),
  SQLITE("an SQLite database", "53514c69746520666f726d6174203300", "save its table as CSV first"),
  GGUF("a GGUF file", "47475546", "save what it holds in another format first"),
  PNG("a PNG picture", "89504e470d0a1a0a", ""),
  JPEG("a JPEG picture", "ffd8ff", ""),
  GIF("a GIF picture", "47494638", ""),
  TIFF("a TIFF picture", "49492a00", ""),
  BIG_ENDIAN_TIFF("a TIFF picture", "4d4d002a", ""),
  WEBP("a WebP picture", "52494646", ""),
  PDF("a PDF document", "255044462d", ""),
  NPY("an npy file", "934e554d5059", ""),
  SAFETENSORS("a safetensors file", "", ""),
  /** Not recognized. */
  ONNX("an ONNX model", "", ""),
  IDX("an IDX file", "0000", "");

  /** As many bytes of a file as are looked at. */
  public static final int START = 512;

  private static final String LFS = "version https://git-lfs";

  private final String called;

  /** The first bytes in hexadecimal; empty if they do not tell alone. */
  private final String signature;

  private final String advice;

  FileFormat(String called, String signature, String advice) {
    this.called = called;
    this.signature = signature;
    this.advice = advice;
  }

  /**
   * Returns the format of a file.
   *
   * @param bytes its first bytes, {@value #START} or more if there are as many
   * @return null if no format is recognized
   */
  public static @Nullable FileFormat of(byte[] bytes) {
    byte[] start = start(bytes);
    for (FileFormat format : values()) {
      if (!format.signature.isEmpty() && format.matches(start)) {
        return format;
      }
    }
    if (contains(start, 257, "ustar")) {
      return TAR;
    }
    if (isSafetensors(start)) {
      return SAFETENSORS;
    }
    return isText(start) ? textFormat(text(start)) : null;
  }

  private static byte[] start(byte[] bytes) {
    return bytes.length > START ? Arrays.copyOf(bytes, START) : bytes;
  }

  private boolean matches(byte[] start) {
    int length = signature.length() / 2;
    if (start.length < length || !HexFormat.of().formatHex(start, 0, length).equals(signature)) {
      return false;
    }
    int next = start.length > length ? start[length] & 255 : -1;
    return switch (this) {
      case NPZ -> zipped(start).endsWith(".npy");
      case PYTORCH -> zipped(start).endsWith("/data.pkl") || zipped(start).equals("data.pkl");
      case KERAS ->
          text(start).contains("model.weights.h5") || zipped(start).equals("metadata.json");
      case OFFICE -> zipped(start).equals("[Content_Types].xml");
      case BZIP2 -> next >= '1' && next <= '9' && !isText(start);
      // Two bytes that are a multiple of 31, and "x^2" may head a column of a table.
      case ZLIB -> next >= 0 && (0x7800 + next) % 31 == 0 && !isText(start);
      case PICKLE -> next >= 2 && next <= 5;
      case WEBP -> contains(start, 8, "WEBP");
      case IDX ->
          (next == 8 || next == 9 || (next >= 11 && next <= 14))
              && start.length > 3
              && start[3] > 0;
      case PARQUET, GGUF, GIF -> !isText(start);
      default -> true;
    };
  }

  /** The name of a ZIP archive's first file. */
  private static String zipped(byte[] start) {
    if (start.length < 30) {
      return "";
    }
    int length = (start[26] & 255) | ((start[27] & 255) << 8);
    int end = Math.min(start.length, 30 + length);
    return new String(start, 30, end - 30, StandardCharsets.UTF_8);
  }

  private static boolean contains(byte[] start, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    int end = at + bytes.length;
    return start.length >= end && Arrays.equals(start, at, end, bytes, 0, bytes.length);
  }

  private static boolean isSafetensors(byte[] start) {
    if (start.length < 10 || start[8] != '{') {
      return false;
    }
    long length = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return length > 1 && length <= 100_000_000;
  }

  private static boolean isText(byte[] start) {
    for (byte b : start) {
      if (b >= 0 && b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f') {
        return false;
      }
    }
    // A character that the end of what is looked at cuts in two is no fault.
    String text = text(start);
    int wrong = text.indexOf('\ufffd');
    return start.length > 0 && (wrong < 0 || (wrong >= text.length() - 3 && wrong > 3));
  }

  private static String text(byte[] start) {
    String text = new String(start, StandardCharsets.UTF_8);
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  private static FileFormat textFormat(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT);
    if (lower.matches("(?s)<!doctype html.*|<head.*|.*<html.*")) {
      return HTML;
    }
    return lower.startsWith("<") ? XML : lower.startsWith(LFS) ? LFS_POINTER : TEXT;
  }

  /** What such a file is called, with its article. */
  String called() {
    return called;
  }

  /** What such a file is called, with its article, and what to do with it if that is known. */
  public String described() {
    return called + then();
  }

  private String then() {
    return advice.isEmpty() ? "" : "; " + advice;
  }

  /**
   * Says that a file is of another format than it should be.
   *
   * @param bytes its first bytes, {@value #START} or more if there are as many
   * @param own the format that it should have
   * @param wanted what it should be, with its article: "an IDX file of images"
   * @return the sentence's part behind "is": "a ZIP archive, but should be …; unpack it first";
   *     null if no other format is recognized
   */
  public static @Nullable String instead(byte[] bytes, FileFormat own, String wanted) {
    FileFormat format = of(bytes);
    if (format == null || format == own) {
      return null;
    }
    String found = format.called;
    if (format == TEXT) {
      String line = text(start(bytes)).strip().lines().findFirst().orElse("");
      found += line.isEmpty() ? "" : " that begins with " + Names.quoted(line);
    }
    return found + ", but should be " + wanted + format.then();
  }
}
