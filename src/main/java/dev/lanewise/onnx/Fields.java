package dev.lanewise.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The fields of a message in protobuf's wire format, read one after the other: what {@link
 * OnnxGraph.Message} is for writing. Bytes are not copied.
 */
final class Fields {
  /** Takes the field that is read, or skips it. */
  interface Reading {
    void field(int number) throws IOException;
  }

  private final CodedInputStream in;
  private int tag;

  Fields(byte[] bytes) {
    in = CodedInputStream.newInstance(bytes);
    in.enableAliasing(true);
  }

  /** Reads fields up to the end of the message. */
  void each(Reading reading) throws IOException {
    for (tag = in.readTag(); tag != 0; tag = in.readTag()) {
      reading.field(WireFormat.getTagFieldNumber(tag));
    }
  }

  /** Reads a message within this one. */
  void message(Reading reading) throws IOException {
    expect(WireFormat.WIRETYPE_LENGTH_DELIMITED);
    int outer = in.pushLimit(in.readRawVarint32());
    each(reading);
    in.popLimit(outer);
  }

  void skip() throws IOException {
    in.skipField(tag);
  }

  long number() throws IOException {
    expect(WireFormat.WIRETYPE_VARINT);
    return in.readInt64();
  }

  float real() throws IOException {
    expect(WireFormat.WIRETYPE_FIXED32);
    return in.readFloat();
  }

  String text() throws IOException {
    expect(WireFormat.WIRETYPE_LENGTH_DELIMITED);
    return in.readStringRequireUtf8();
  }

  ByteBuffer bytes() throws IOException {
    expect(WireFormat.WIRETYPE_LENGTH_DELIMITED);
    return in.readByteBuffer();
  }

  /** Adds the numbers of this field: one, or many in one stretch. */
  void numbers(Numbers to) throws IOException {
    if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT) {
      to.add(in.readInt64());
      return;
    }
    CodedInputStream packed = CodedInputStream.newInstance(bytes());
    while (!packed.isAtEnd()) {
      to.add(packed.readInt64());
    }
  }

  /** Likewise floats, as their bits. */
  void reals(Numbers to) throws IOException {
    if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_FIXED32) {
      to.add(in.readRawLittleEndian32());
      return;
    }
    CodedInputStream packed = CodedInputStream.newInstance(bytes());
    while (!packed.isAtEnd()) {
      to.add(packed.readRawLittleEndian32());
    }
  }

  /** Numbers of a field that may stand in a message many times. */
  static final class Numbers {
    private long[] values = {};
    private int count;

    private void add(long value) {
      if (count == values.length) {
        values = Arrays.copyOf(values, count + count / 2 + 4);
      }
      values[count++] = value;
    }

    int count() {
      return count;
    }

    long[] longs() {
      return Arrays.copyOf(values, count);
    }

    float[] reals() {
      float[] reals = new float[count];
      for (int i = 0; i < count; i++) {
        reals[i] = Float.intBitsToFloat((int) values[i]);
      }
      return reals;
    }
  }

  private void expect(int type) throws IOException {
    if (WireFormat.getTagWireType(tag) != type) {
      throw new InvalidProtocolBufferException(
          "field " + WireFormat.getTagFieldNumber(tag) + " is of another type than it should be");
    }
  }
}
