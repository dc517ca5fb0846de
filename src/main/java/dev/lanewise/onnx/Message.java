package dev.lanewise.onnx;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * A message in protobuf's wire format, written field by field. ONNX's schema is onnx.proto3; the
 * numbers of the fields that are used stand in {@link OnnxGraph}.
 */
final class Message {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

  Message number(int field, long value) throws IOException {
    out.writeInt64(field, value);
    return this;
  }

  Message real(int field, float value) throws IOException {
    out.writeFloat(field, value);
    return this;
  }

  Message text(int field, String value) throws IOException {
    out.writeString(field, value);
    return this;
  }

  Message bytes(int field, byte[] value) throws IOException {
    out.writeByteArray(field, value);
    return this;
  }

  Message message(int field, Message value) throws IOException {
    return bytes(field, value.toByteArray());
  }

  byte[] toByteArray() throws IOException {
    out.flush();
    return bytes.toByteArray();
  }
}
