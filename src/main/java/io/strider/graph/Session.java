package io.strider.graph;

import io.strider.blas.Workers;
import io.strider.tensor.ElementType;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A network that is ready to run, from any number of threads at once.
 *
 * {@snippet :
 * try (Session session = Session.of(graph);
 *         Arena arena = Arena.ofConfined()) {
 *     Value image = new Value.Floats(Tensor.of(arena, pixels, 1, 3, 224, 224));
 *     Value.Floats vector = (Value.Floats) session.run(Map.of("x", image), arena).get("y");
 * }
 * }
 *
 * <p>For inputs of types that it has not seen, the session makes a plan: sizes of all values,
 * weights packed, memory laid out. Plans are kept, at most eight. A run takes a frame, which is all
 * memory that one run needs, from a pool that is bounded in frames and bytes, and waits if there is
 * none, first come, first served.
 *
 * <p>Whatever a run throws, the session stays usable; the frame serves later runs. Closing waits
 * for the runs under way and gives all memory back; every use after that is an {@link
 * IllegalStateException}. Closing twice does no harm.
 */
public final class Session implements AutoCloseable {
    /** Stands for any thread but the one that allocated. */
    private static final Thread ANOTHER = Thread.ofPlatform().unstarted(() -> {});

    private static final long LEAST_LIMIT = 1L << 30;

    private final Graph graph;
    private final @Nullable Workers workers;
    private final @Nullable AutoCloseable owned;
    private final Arena arena;
    private final SharedParts parts = new SharedParts();
    private final FramePool frames;
    private final PlanCache plans;
    private final Planner planner;

    /** Of the graph as it was, for inputs that the fused one refuses; null if they are the same. */
    private final @Nullable Planner unfused;

    private Session(Builder builder, Graph graph, Graph fused, Arena arena) {
        this.graph = graph;
        this.workers = builder.workers;
        this.owned = builder.owned;
        this.arena = arena;
        this.frames = new FramePool(builder.concurrency, builder.memoryLimit);
        this.plans = new PlanCache(frames, parts);
        ConstantTensors constants = new ConstantTensors(arena);
        this.planner = planner(builder, fused, 0, constants);
        this.unfused =
                builder.fuse ? planner(builder, graph, fused.nodes().size(), constants) : null;
    }

    private Planner planner(Builder builder, Graph of, int firstIndex, ConstantTensors constants) {
        return new Planner(
                of,
                firstIndex,
                constants,
                parts,
                workers,
                builder.packingThreads,
                builder.strictNumerics,
                builder.memoryLimit);
    }

    /** A session with the defaults of {@link Builder}. */
    public static Session of(Graph graph) {
        return builder(graph).build();
    }

    /** A builder of a session for a graph. */
    public static Builder builder(Graph graph) {
        return new Builder(graph);
    }

    /** Whether every thread may use a tensor's memory. */
    static boolean isShared(Tensor tensor) {
        return tensor.segment().isAccessibleBy(ANOTHER);
    }

    /** What a caller gives, in the network's order. */
    public List<GraphInput> inputs() {
        return graph.inputs();
    }

    /** The names of what a caller gets, in the network's order. */
    public List<String> outputs() {
        return graph.outputs();
    }

    /**
     * The types of the outputs for inputs of these types.
     *
     * @throws IllegalArgumentException if an input is missing or does not fit, a node refuses its
     *     inputs, or a type depends on an input's elements
     * @throws IllegalStateException if the session is closed
     */
    public Map<String, TensorType> outputTypes(Map<String, TensorType> inputs) {
        plans.enter();
        try {
            Plan plan = plan(InputTypes.checked(inputs, graph), Map.of());
            try {
                return plan.outputTypes();
            } finally {
                plans.release(plan);
            }
        } finally {
            plans.leave();
        }
    }

    /**
     * Computes all outputs.
     *
     * @param inputs one for each of the network's inputs, by name; not modified
     * @param arena where float32 outputs are allocated; rank 4 channels-last, others row-major
     * @return the outputs by name, in the network's order
     * @throws MemoryLimitException if the run would take more memory than the session may
     * @throws IllegalArgumentException if an input is missing, unknown or does not fit, or a node
     *     refuses its inputs; the message tells which
     * @throws IllegalStateException if the session, its workers or an arena is closed
     * @throws java.util.concurrent.CancellationException if this thread is interrupted, which it
     *     stays
     */
    public Map<String, Value> run(Map<String, Value> inputs, Arena arena) {
        Objects.requireNonNull(arena, "arena");
        Map<String, Value> results = new LinkedHashMap<>();
        run(
                inputs,
                null,
                (plan, frame) ->
                        plan.outputTypes()
                                .forEach((name, type) ->
                                        results.put(name, result(frame, name, type, arena))));
        return results;
    }

    private Value result(Frame frame, String name, TensorType type, Arena arena) {
        if (type.type() != ElementType.FLOAT32) {
            return new Value.Numbers(frame.arrayOf(name));
        }
        MemoryFormat format =
                type.rank() == 4 ? MemoryFormat.CHANNELS_LAST : MemoryFormat.CHANNELS_FIRST;
        Tensor tensor = Tensor.zeros(arena, format, type.shape());
        frame.store(name, tensor, workers);
        return new Value.Floats(tensor);
    }

    /**
     * Computes outputs into tensors of the caller's own, of any strides.
     *
     * @param inputs one for each of the network's inputs, by name; not modified
     * @param outputs float32 outputs of the network by name, each with a tensor of its shape, which
     *     is overwritten; undefined if this throws
     * @throws IllegalArgumentException as {@link #run(Map, Arena)}, and if an output is unknown,
     *     not float32, of another shape, not writable, or overlaps another
     * @throws IllegalStateException as {@link #run(Map, Arena)}
     * @throws java.util.concurrent.CancellationException as {@link #run(Map, Arena)}
     */
    public void run(Map<String, Value> inputs, Map<String, Tensor> outputs) {
        OutputTensors targets = new OutputTensors(outputs, graph);
        run(inputs, targets, (_, frame) -> targets.store(frame, workers));
    }

    /** What is done with a frame after a run. */
    @FunctionalInterface
    private interface Taker {
        void take(Plan plan, Frame frame);
    }

    private void run(Map<String, Value> inputs, @Nullable OutputTensors targets, Taker taker) {
        Map<String, TensorType> types = InputTypes.of(inputs, graph);
        plans.enter();
        try {
            Plan plan = plan(types, inputs);
            try {
                if (targets != null) {
                    targets.requireFit(plan);
                }
                Frame frame = frames.take(plan);
                beginSeries();
                try {
                    frame.load(inputs, workers);
                    frame.run(workers);
                    taker.take(plan, frame);
                } finally {
                    endSeries();
                    frames.giveBack(frame);
                }
            } finally {
                plans.release(plan);
            }
        } finally {
            plans.leave();
        }
    }

    private void beginSeries() {
        if (workers != null) {
            workers.beginSeries();
        }
    }

    private void endSeries() {
        if (workers != null) {
            workers.endSeries();
        }
    }

    private Plan plan(Map<String, TensorType> types, Map<String, Value> inputs) {
        return plans.use(types, inputs, () -> make(types, InputTypes.small(types, inputs)));
    }

    private Plan make(Map<String, TensorType> types, Map<String, NdArray> elements) {
        try {
            return planner.plan(types, elements);
        } catch (IllegalArgumentException refused) {
            if (unfused == null) {
                throw refused;
            }
            // Either the inputs do not fit, which the graph as it was tells better, or a fused
            // node takes less than its parts did, such as a sum of two shapes.
            return unfused.plan(types, elements);
        }
    }

    /**
     * Tells what a run on inputs of these types does.
     *
     * @throws IllegalArgumentException as {@link #outputTypes}
     * @throws IllegalStateException if the session is closed
     */
    public PlanDescription explain(Map<String, TensorType> inputs) {
        Map<String, TensorType> types = InputTypes.checked(inputs, graph);
        plans.enter();
        try {
            Plan plan = plan(types, Map.of());
            try {
                return PlanDescription.of(plan, new long[plan.nodes().size()]);
            } finally {
                plans.release(plan);
            }
        } finally {
            plans.leave();
        }
    }

    /**
     * Runs and tells how long every node took, the mean of some runs after as many that are not
     * timed.
     *
     * @param runs how many are timed, at least 1
     * @throws IllegalArgumentException as {@link #run(Map, Arena)}, and if {@code runs} is less
     *     than 1
     * @throws IllegalStateException as {@link #run(Map, Arena)}
     * @throws java.util.concurrent.CancellationException as {@link #run(Map, Arena)}
     */
    public PlanDescription profile(Map<String, Value> inputs, int runs) {
        if (runs < 1) {
            throw new IllegalArgumentException("runs: " + runs + " (expected: >= 1)");
        }
        List<PlanDescription> result = new ArrayList<>();
        run(
                inputs,
                null,
                (plan, frame) -> {
                    long[] nanos = new long[plan.nodes().size()];
                    for (int i = 1 - runs; i <= runs; i++) {
                        if (i == 1) {
                            Arrays.fill(nanos, 0);
                        }
                        frame.load(inputs, workers);
                        frame.time(workers, nanos);
                    }
                    for (int i = 0; i < nanos.length; i++) {
                        nanos[i] /= runs;
                    }
                    result.add(PlanDescription.of(plan, nanos));
                });
        return result.getFirst();
    }

    /** Bytes of native memory that frames hold now; a gauge. */
    public long frameBytes() {
        return frames.bytes();
    }

    /** Bytes of native memory that frames may hold. */
    public long memoryLimit() {
        return frames.limit();
    }

    /**
     * Waits for the runs under way, sends away those that wait, and gives all memory back, that of
     * the weights included if the session {@linkplain Builder#owns owns} it.
     */
    @Override
    public void close() {
        if (!plans.close()) {
            return;
        }
        arena.close();
        if (owned != null) {
            try {
                owned.close();
            } catch (RuntimeException failure) {
                throw failure;
            } catch (Exception failure) {
                throw new IllegalStateException("closing what the session owns", failure);
            }
        }
    }

    /** Collects the options of a session. Not thread-safe. */
    public static final class Builder {
        private final Graph graph;
        private @Nullable Workers workers;
        private @Nullable AutoCloseable owned;
        private int packingThreads = 1;
        private int concurrency = Runtime.getRuntime().availableProcessors();
        private long memoryLimit = Math.max(LEAST_LIMIT, Runtime.getRuntime().maxMemory());
        private boolean strictNumerics;
        private boolean fuse = true;
        private @Nullable List<String> outputs;

        private Builder(Graph graph) {
            this.graph = Objects.requireNonNull(graph, "graph");
        }

        /** Who computes; null, as by default, for the thread that calls. Stays the caller's. */
        public Builder workers(@Nullable Workers workers) {
            this.workers = workers;
            return this;
        }

        /**
         * How many threads pack the weights in the first run, where there are no workers: the
         * caller alone by default, others only as long as that takes. More than there are
         * processors are not taken.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder packingThreads(int threads) {
            if (threads < 1) {
                throw new IllegalArgumentException("threads: " + threads + " (expected: >= 1)");
            }
            this.packingThreads = threads;
            return this;
        }

        /**
         * How many runs may be under way at once, each with a frame of its own; the number of
         * processors by default.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder concurrency(int runs) {
            if (runs < 1) {
                throw new IllegalArgumentException("runs: " + runs + " (expected: >= 1)");
            }
            this.concurrency = runs;
            return this;
        }

        /**
         * Native memory that all frames together may take, beside the weights; inputs for which one
         * frame takes more are refused. By default as much as the Java heap may, but at least 1
         * GiB.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder memoryLimit(long bytes) {
            if (bytes < 0) {
                throw new IllegalArgumentException("bytes: " + bytes + " (expected: >= 0)");
            }
            this.memoryLimit = bytes;
            return this;
        }

        /** Whether only algorithms with the error bound of a plain sum are used; not by default. */
        public Builder strictNumerics(boolean strict) {
            this.strictNumerics = strict;
            return this;
        }

        /** Whether nodes are fused and folded, as by default. */
        public Builder fuse(boolean fuse) {
            this.fuse = fuse;
            return this;
        }

        /**
         * The values that a caller gets instead of the graph's outputs: any that the graph names,
         * such as those of an inner layer.
         *
         * @throws IllegalArgumentException if there is none of that name, or no name
         */
        public Builder outputs(String... names) {
            if (names.length == 0) {
                throw new IllegalArgumentException("names: none (expected: at least one)");
            }
            this.outputs = List.of(names);
            return this;
        }

        /** Something that the session closes when it is closed, such as the weights' arena. */
        public Builder owns(AutoCloseable owned) {
            this.owned = Objects.requireNonNull(owned, "owned");
            return this;
        }

        private Graph graph() {
            Graph result = graph;
            if (outputs != null) {
                Graph.Builder other = Graph.builder();
                graph.inputs().forEach(other::input);
                graph.constants().forEach(other::constant);
                graph.nodes().forEach(other::node);
                outputs.stream().distinct().forEach(other::output);
                result = other.build();
            }
            result.constants()
                    .forEach((name, value) -> {
                        if (value instanceof Value.Floats(Tensor tensor) && !isShared(tensor)) {
                            throw new IllegalArgumentException(
                                    "constant \"%s\": confined to a thread".formatted(name)
                                            + " (expected: of an arena for all threads)");
                        }
                    });
            return result;
        }

        /**
         * A session; it takes what it {@linkplain #owns} from now on.
         *
         * @throws IllegalArgumentException if a constant's memory is confined to a thread, or an
         *     output is unknown
         */
        @SuppressWarnings("MustBeClosed") // by the session
        public Session build() {
            Graph wanted = graph();
            Arena arena = Arena.ofShared();
            try {
                Graph fused = fuse ? Passes.applyTo(wanted, arena) : wanted;
                return new Session(this, wanted, fused, arena);
            } catch (Throwable failure) {
                arena.close();
                throw failure;
            }
        }
    }
}
