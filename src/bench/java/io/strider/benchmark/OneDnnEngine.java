package io.strider.benchmark;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.Loader;

/**
 * oneDNN through its C++ interface. {@code blocked}: every descriptor is {@code any}, so oneDNN
 * picks the layouts it is quickest in, and operands are reordered before the time is taken. {@code
 * nchw}: the same convolution from NCHW to NCHW, reorders timed; weights of the forward and data
 * passes are constant and reordered once. Threads are those of the libgomp in its jar, whose
 * default wait policy stays; {@code omp_set_num_threads} counts for the thread that calls it, which
 * is the one that measures.
 */
final class OneDnnEngine implements Engine {
    private final engine processor;
    private final stream queue;
    private final MethodHandle setThreads;

    OneDnnEngine() {
        Loader.load(dnnl.class);
        processor = new engine(engine.kind.cpu, 0);
        queue = new stream(processor);
        SymbolLookup lookup = SymbolLookup.loaderLookup().or(Linker.nativeLinker().defaultLookup());
        setThreads =
                Linker.nativeLinker()
                        .downcallHandle(
                                lookup.find("omp_set_num_threads").orElseThrow(),
                                FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
    }

    @Override
    public String name() {
        return "onednn";
    }

    @Override
    public String description() {
        dnnl_version_t version = dnnl.dnnl_version();
        return "oneDNN %d.%d.%d: %s, OpenMP (libgomp, default wait policy)"
                .formatted(
                        version.major(),
                        version.minor(),
                        version.patch(),
                        dnnl.get_effective_cpu_isa());
    }

    @Override
    public List<String> layouts(Workload workload) {
        return List.of("blocked", "nchw");
    }

    @Override
    public Prepared prepare(Workload workload, String layout, Operands operands) {
        try {
            setThreads.invokeExact(workload.threads());
        } catch (Throwable e) {
            throw new IllegalStateException("omp_set_num_threads", e);
        }
        return new OneDnnConvolution(processor, queue, workload, operands, layout.equals("nchw"));
    }

    @Override
    public void close() {
        queue.deallocate();
        processor.deallocate();
    }
}
