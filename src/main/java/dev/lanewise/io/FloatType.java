package dev.lanewise.io;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** How files keep floating-point numbers; each is widened exactly or rounded once. */
enum FloatType {
  F16(2) {
    @Override
    float get(ByteBuffer bytes, int at) {
      return Float.float16ToFloat(bytes.getShort(at));
    }
  },
  BF16(2) {
    @Override
    float get(ByteBuffer bytes, int at) {
      return Float.intBitsToFloat(bytes.getShort(at) << 16);
    }
  },
  F32(4) {
    @Override
    float get(ByteBuffer bytes, int at) {
      return bytes.getFloat(at);
    }
  },
  F64(8) {
    @Override
    float get(ByteBuffer bytes, int at) {
      return (float) bytes.getDouble(at);
    }

    @Override
    boolean overflows(ByteBuffer bytes, int at) {
      double value = bytes.getDouble(at);
      return Double.isFinite(value) && Float.isInfinite((float) value);
    }
  };

  private final int bytes;

  FloatType(int bytes) {
    this.bytes = bytes;
  }

  /** The type of this name in safetensors files; null if there is none. */
  static @Nullable FloatType of(String dtype) {
    for (FloatType type : values()) {
      if (type.name().equals(dtype)) {
        return type;
      }
    }
    return null;
  }

  /** The number of bytes of an element. */
  int bytes() {
    return bytes;
  }

  /** The float nearest to what stands at byte {@code at}. */
  abstract float get(ByteBuffer bytes, int at);

  /** Whether a finite number stands there that is infinite as a float. */
  boolean overflows(ByteBuffer bytes, int at) {
    return false;
  }
}
