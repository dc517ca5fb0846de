package dev.lanewise.io;

import static dev.lanewise.testing.Refusals.assertSentence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Idx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FD-25: a file that is something else is called by its name, whatever it is opened as. */
class OtherFormatsTest {
  @TempDir private Path folder;

  /** What reads a file. */
  private interface Reading {
    void read(Path file) throws IOException;
  }

  private static byte[] zip(String... names) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(new byte[100]);
      }
    }
    return out.toByteArray();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
      packed.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] zlib(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream packed = new DeflaterOutputStream(out)) {
      packed.write(bytes);
    }
    return out.toByteArray();
  }

  /** A beginning in hexadecimal, and bytes that are no text. */
  private static byte[] binary(String hex) {
    return HexFormat.of().parseHex(hex + "00ff000102030405060708".repeat(20));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, byte[]> files() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("a ZIP archive", zip("train-images-idx3-ubyte"));
    files.put("an npz archive of NumPy", zip("arr_0.npy"));
    files.put("a PyTorch file (.pt)", zip("archive/data.pkl", "archive/data/0"));
    files.put("a Keras model (.keras)", zip("metadata.json", "config.json", "model.weights.h5"));
    files.put("an office document (as .xlsx)", zip("[Content_Types].xml"));
    files.put("an HDF5 file (.h5)", binary("894844460d0a1a0a"));
    files.put(
        "a pickle of Python (as .pkl and old .pt files)", binary("80028a0a6cfc9c46f9206aa85019"));
    files.put("an xz file", binary("fd377a585a000004"));
    files.put("a bzip2 file", binary("425a6839314159265359"));
    files.put("a zstd file", binary("28b52ffd"));
    files.put("packed by zlib", zlib(new byte[500]));
    files.put("a PNG picture", binary("89504e470d0a1a0a"));
    files.put("a JPEG picture", binary("ffd8ffe0"));
    files.put("a PDF document", text("%PDF-1.7\n%âãÏÓ\n1 0 obj"));
    files.put("an HTML page", text("\n<!DOCTYPE HTML>\n<html><head><title>403 Forbidden</title>"));
    files.put(
        "an XML document", text("<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>"));
    files.put(
        "a Git LFS pointer",
        text("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 9912422\n"));
    files.put("an npy file", Files.readAllBytes(Path.of("src/test/resources/formats/floats.npy")));
    files.put("an IDX file", HexFormat.of().parseHex("0000080300000001000000010000000107"));
    byte[] safetensors = text("\0\0\0\0\0\0\0\0{\"a\":{\"dtype\":\"F32\"}}   ");
    safetensors[0] = (byte) (safetensors.length - 8);
    files.put("a safetensors file", safetensors);
    return files;
  }

  private void named(String wanted, String own, Reading reading) throws IOException {
    Path file = folder.resolve("file");
    for (Map.Entry<String, byte[]> each : files().entrySet()) {
      if (!each.getKey().equals(own)) {
        Files.write(file, each.getValue());
        String said =
            assertThrows(InvalidFileException.class, () -> reading.read(file), each.getKey())
                .getMessage();
        String expected = file + " is " + each.getKey() + ", but should be " + wanted;
        assertTrue(said.equals(expected) || said.startsWith(expected + "; "), said);
      }
    }
  }

  @Test
  void idx() throws IOException {
    named("an IDX file of images", "an IDX file", Idx::images);
    Path file = folder.resolve("file");
    Files.write(file, gzip(gzip(new byte[100])));
    assertEquals(
        file
            + " is, after unpacking, a gzip file, but should be an IDX file of images; unpack it"
            + " first",
        assertThrows(InvalidFileException.class, () -> Idx.images(file)).getMessage());
    Files.writeString(file, "Entry not\u001b found\n" + "x".repeat(5000));
    assertTrue(
        assertThrows(InvalidFileException.class, () -> Idx.images(file))
            .getMessage()
            .startsWith(file + " begins with 456e7472"));
    Files.writeString(file, "Entry not found\n" + "x".repeat(5000));
    assertSentence(
        InvalidFileException.class,
        file + " is text that begins with 'Entry not found', but should be an IDX file of images",
        () -> Idx.images(file));
  }

  @Test
  void npy() throws IOException {
    named("an npy file", "an npy file", Npy::read);
    Path file = Files.write(folder.resolve("x"), gzip(new byte[9]));
    assertEquals(
        file + " is a gzip file, but should be an npy file; unpack it first",
        assertThrows(InvalidFileException.class, () -> Npy.readInts(file)).getMessage());
    assertSentence(
        InvalidFileException.class,
        folder + " is a folder, but should be an npy file",
        () -> Npy.read(folder));
  }

  @Test
  void safetensors() throws IOException {
    named("a safetensors file", "a safetensors file", Safetensors::read);
    named("a safetensors file", "a safetensors file", Safetensors::header);
  }

  @Test
  void csv() throws IOException {
    named("a table as text", "", Csv::read);
  }
}
