package org.skyway.experiments.errors;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// The sentences of errors, as they stand in sources: what an exception is made with that ends a
/// start or refuses something. What is filled in is a `…`.
final class ErrorMessages {
    private static final String HOLE = "…";
    private static final Pattern WORD = Pattern.compile("\\p{L}{3}");
    private static final Pattern FORMAT =
            Pattern.compile("%(?:\\d+\\$)?[-#+ 0,(]*\\d*(?:\\.\\d+)?[a-zA-Z]");

    /// Methods by which a driver or a client is refused or left, and told why.
    private static final Set<String> REFUSING = Set.of("refuse", "trouble", "hangUp");

    private final Set<String> types;
    private final Set<String> found = new TreeSet<>();

    private ErrorMessages(Set<String> types) {
        this.types = types;
    }

    /// Those that exceptions of some classes are made with.
    ///
    /// @param sources Java sources, or folders with them
    /// @param types simple names of exceptions; that a thread was interrupted only the end of the
    ///   process can be the reason for
    /// @return sentences of which at least a word is known; one that others' words make up whole is
    ///   those others'
    static Set<String> in(List<Path> sources, Set<String> types) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path source : sources) {
            try (Stream<Path> tree = Files.walk(source)) {
                tree.filter(f -> f.toString().endsWith(".java")).forEach(files::add);
            }
        }
        ErrorMessages messages = new ErrorMessages(types);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    manager,
                                    null,
                                    List.of("-proc:none"),
                                    null,
                                    manager.getJavaFileObjectsFromPaths(files));
            task.parse().forEach(unit -> messages.new Visitor().scan(unit, null));
        }
        return messages.found;
    }

    /// Those of the launcher.
    static Set<String> ofScript(Path script) throws IOException {
        Set<String> found = new TreeSet<>();
        Matcher fail =
                Pattern.compile("\\bfail \"((?:[^\"\\\\]|\\\\.)*)\"")
                        .matcher(Files.readString(script));
        while (fail.find()) {
            found.add(
                    fail.group(1)
                            .replaceAll("\\$\\w+|\\$\\{[^}]*\\}|\\$\\*", HOLE)
                            .replaceAll("\\\\(.)", "$1"));
        }
        return found;
    }

    private final class Visitor extends TreeScanner<Void, Void> {
        @Override
        public Void visitNewClass(NewClassTree made, Void nothing) {
            if (types.contains(simpleName(made.getIdentifier()))
                    && !made.getArguments().isEmpty()) {
                add(made.getArguments().getFirst());
            }
            return super.visitNewClass(made, nothing);
        }

        @Override
        public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
            if (REFUSING.contains(simpleName(call.getMethodSelect()))) {
                call.getArguments().forEach(this::add);
            }
            return super.visitMethodInvocation(call, nothing);
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            if (method.getName().toString().endsWith("Refusal")) {
                new TreeScanner<Void, Void>() {
                    @Override
                    public Void visitReturn(ReturnTree result, Void also) {
                        add(result.getExpression());
                        return null;
                    }
                }.scan(method.getBody(), null);
            }
            return super.visitMethod(method, nothing);
        }

        private void add(ExpressionTree e) {
            for (String text : texts(e)) {
                String sentence = text.replaceAll(HOLE + "(?:" + HOLE + ")+", HOLE).strip();
                if (WORD.matcher(sentence).find() && !sentence.startsWith("interrupted")) {
                    found.add(sentence);
                }
            }
        }

        private String simpleName(ExpressionTree type) {
            return switch (type) {
                case IdentifierTree i -> i.getName().toString();
                case MemberSelectTree m -> m.getIdentifier().toString();
                default -> "";
            };
        }

        /// What an expression may come to; one for each arm of a conditional.
        private List<String> texts(ExpressionTree e) {
            return switch (e) {
                case LiteralTree l -> List.of(String.valueOf(l.getValue()));
                case ParenthesizedTree p -> texts(p.getExpression());
                case ConditionalExpressionTree c -> {
                    List<String> both = new ArrayList<>(texts(c.getTrueExpression()));
                    both.addAll(texts(c.getFalseExpression()));
                    yield both;
                }
                case BinaryTree b -> {
                    List<String> all = new ArrayList<>();
                    for (String left : texts(b.getLeftOperand())) {
                        for (String right : texts(b.getRightOperand())) {
                            all.add(left + right);
                        }
                    }
                    yield all;
                }
                case MethodInvocationTree call
                        when call.getMethodSelect() instanceof MemberSelectTree m
                                && m.getIdentifier().contentEquals("formatted") ->
                        texts(m.getExpression()).stream()
                                .map(t -> FORMAT.matcher(t).replaceAll(HOLE).replace("%%", "%"))
                                .toList();
                default -> List.of(HOLE);
            };
        }
    }
}
