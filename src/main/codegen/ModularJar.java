import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.classfile.AccessFlags;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileElement;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.FieldModel;
import java.lang.classfile.FieldTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.attribute.ExceptionsAttribute;
import java.lang.classfile.attribute.InnerClassInfo;
import java.lang.classfile.attribute.InnerClassesAttribute;
import java.lang.classfile.attribute.RuntimeVisibleTypeAnnotationsAttribute;
import java.lang.classfile.attribute.SignatureAttribute;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Runs the JDK's jar with the arguments behind the first, and packs the file that the first names
 * again: as tightly as can be, with sizes before the bytes instead of behind them, and without
 * entries for folders. That makes a jar of many small classes 15 KB smaller; what is stripped of
 * them, another 15 KB.
 */
final class ModularJar {
  private ModularJar() {}

  public static void main(String... args) throws IOException {
    int failed =
        ToolProvider.findFirst("jar")
            .orElseThrow()
            .run(System.out, System.err, Arrays.copyOfRange(args, 1, args.length));
    if (failed != 0) {
      System.exit(failed);
    }
    Path jar = Path.of(args[0]);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (ZipFile from = new ZipFile(jar.toFile());
        ZipOutputStream to = new ZipOutputStream(packed)) {
      to.setLevel(Deflater.BEST_COMPRESSION);
      for (ZipEntry entry : from.stream().filter(one -> !one.isDirectory()).toList()) {
        byte[] bytes = from.getInputStream(entry).readAllBytes();
        bytes = isStripped(entry.getName()) ? stripped(entry.getName(), bytes) : bytes;
        ZipEntry same = new ZipEntry(entry.getName());
        same.setTimeLocal(entry.getTimeLocal());
        same.setSize(bytes.length);
        same.setCompressedSize(deflated(bytes));
        same.setCrc(crc(bytes));
        to.putNextEntry(same);
        to.write(bytes);
      }
    }
    Files.write(jar, packed.toByteArray());
  }

  /** The compiler's choices of instructions in vector kernels are left as they are. */
  private static boolean isStripped(String name) {
    return name.startsWith("dev/lanewise/") && !name.contains("/Simd") && name.endsWith(".class");
  }

  /**
   * A class without the types' parameters, annotations and exceptions of what nobody outside of its
   * package can see, which the compiler has checked, without the JDK's nested class that lambdas
   * alone name, and without constants that nothing refers to then. (What commands have is read by
   * picocli, and stays.)
   */
  private static byte[] stripped(String name, byte[] bytes) {
    ClassFile file =
        ClassFile.of(
            ClassFile.ConstantPoolSharingOption.NEW_POOL,
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(ClassLoader.getSystemClassLoader())
                    .orElse(ClassHierarchyResolver.defaultResolver())));
    ClassModel model = file.parse(bytes);
    boolean kept = name.startsWith("dev/lanewise/cli/");
    boolean hidden = !model.flags().has(AccessFlag.PUBLIC);
    ClassTransform transform =
        (builder, element) -> {
          switch (element) {
            case MethodModel method when !kept && (hidden || isHidden(method.flags())) ->
                builder.transformMethod(
                    method,
                    MethodTransform.dropping(
                        one ->
                            isOfTypes(one)
                                || (one instanceof ExceptionsAttribute
                                    && isHidden(method.flags()))));
            case InnerClassesAttribute inner -> {
              List<InnerClassInfo> own =
                  inner.classes().stream().filter(ModularJar::isOwn).toList();
              if (!own.isEmpty()) {
                builder.with(InnerClassesAttribute.of(own));
              }
            }
            case FieldModel field when !kept && (hidden || isHidden(field.flags())) ->
                builder.transformField(field, FieldTransform.dropping(ModularJar::isOfTypes));
            default -> builder.with(element);
          }
        };
    return file.transformClass(model, transform);
  }

  private static boolean isHidden(AccessFlags flags) {
    return !flags.has(AccessFlag.PUBLIC) && !flags.has(AccessFlag.PROTECTED);
  }

  /** Whether a class is no nested one of the JDK that lambdas alone name. */
  private static boolean isOwn(InnerClassInfo inner) {
    return !inner.innerClass().asInternalName().equals("java/lang/invoke/MethodHandles$Lookup");
  }

  private static boolean isOfTypes(ClassFileElement element) {
    return element instanceof SignatureAttribute
        || element instanceof RuntimeVisibleTypeAnnotationsAttribute;
  }

  private static long crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }

  private static long deflated(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        DeflaterOutputStream deflating = new DeflaterOutputStream(out, deflater)) {
      deflating.write(bytes);
    }
    return out.size();
  }
}
