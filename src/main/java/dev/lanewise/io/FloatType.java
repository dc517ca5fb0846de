package dev.lanewise.io;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How files keep floating-point numbers; each is widened exactly or rounded once. */
enum FloatType {
  F16(2),
  BF16(2),
  F32(4),
  F64(8);

  private final int bytes;

  FloatType(int bytes) {
    this.bytes = bytes;
  }

  /** The type of this name in safetensors files; null if there is none. */
  static @Nullable FloatType of(String dtype) {
    return Arrays.stream(values())
        .filter(type -> type.name().equals(dtype))
        .findFirst()
        .orElse(null);
  }

  /** The number of bytes of an element. */
  int bytes() {
    return bytes;
  }

  /** The float nearest to what stands at byte {@code at}. */
  float get(ByteBuffer from, int at) {
    return switch (this) {
      case F16 -> Float.float16ToFloat(from.getShort(at));
      case BF16 -> Float.intBitsToFloat(from.getShort(at) << 16);
      case F32 -> from.getFloat(at);
      case F64 -> (float) from.getDouble(at);
    };
  }

  /** Whether a finite number stands there that is infinite as a float. */
  boolean overflows(ByteBuffer from, int at) {
    return this == F64
        && Double.isFinite(from.getDouble(at))
        && Float.isInfinite((float) from.getDouble(at));
  }
}
