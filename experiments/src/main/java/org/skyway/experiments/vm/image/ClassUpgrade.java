package org.skyway.experiments.vm.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.function.Predicate;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// Writes the classes of a jar anew if they are of a format so old that the JVM keeps none of them
/// in an AOT cache: before Java 6 there were no stack maps, and such classes are verified each time
/// the program starts. Picocli is one, and under emulation that takes seconds.
public final class ClassUpgrade {
    private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;

    private ClassUpgrade() {}

    /// Copies a jar, uncompressed, because reading it shall cost little.
    static void copy(Path jar, Path target) throws IOException {
        copy(jar, target, name -> true);
    }

    /// Copies a part of a jar, uncompressed, because reading it shall cost little.
    ///
    /// @param jar the jar
    /// @param target where to
    /// @param wanted which entries, by their names
    /// @throws IOException if it can't be read or written
    public static void copy(Path jar, Path target, Predicate<String> wanted) throws IOException {
        try (ZipFile from = new ZipFile(jar.toFile());
                ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(target));
                URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()})) {
            ClassFile format =
                    ClassFile.of(
                            ClassHierarchyResolverOption.of(
                                    ClassHierarchyResolver.ofResourceParsing(loader)),
                            StackMapsOption.GENERATE_STACK_MAPS);
            to.setLevel(0);
            for (Enumeration<? extends ZipEntry> all = from.entries(); all.hasMoreElements(); ) {
                ZipEntry entry = all.nextElement();
                if (!wanted.test(entry.getName())) {
                    continue;
                }
                ZipEntry copy = new ZipEntry(entry.getName());
                copy.setTimeLocal(entry.getTimeLocal());
                to.putNextEntry(copy);
                try (InputStream content = from.getInputStream(entry)) {
                    write(format, entry.getName(), content.readAllBytes(), to);
                }
                to.closeEntry();
            }
        }
    }

    private static void write(ClassFile format, String name, byte[] content, OutputStream to)
            throws IOException {
        if (name.endsWith(".class")) {
            ClassModel model = format.parse(content);
            if (model.majorVersion() < FIRST_WITH_STACK_MAPS) {
                content = upgrade(format, model);
            }
        }
        to.write(content);
    }

    private static byte[] upgrade(ClassFile format, ClassModel model) {
        ClassTransform version =
                (builder, element) ->
                        builder.with(
                                element instanceof ClassFileVersion
                                        ? ClassFileVersion.of(ClassFile.JAVA_8_VERSION, 0)
                                        : element);
        // Code that is handed on as a whole would stay without stack maps.
        CodeTransform one = (builder, element) -> builder.with(element);
        return format.transformClass(
                model, version.andThen(ClassTransform.transformingMethodBodies(one)));
    }
}
