package io.strider.benchmark;

import io.strider.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** One convolution of {@link OneDnnEngine}: primitives and the memories they work on. */
final class OneDnnConvolution implements Engine.Prepared {
    private record Step(primitive work, IntMemoryMap arguments) {}

    private final engine processor;
    private final stream queue;
    private final boolean reordersTimed;

    /** What is run: the convolution, with the reorders around it if they are timed. */
    private final List<Step> steps = new ArrayList<>();

    /** What {@link #read} has to run before the result is in NCHW. */
    private final List<Step> after = new ArrayList<>();

    private final Deque<Pointer> owned = new ArrayDeque<>();
    private final String algorithm;

    OneDnnConvolution(
            engine processor,
            stream queue,
            Workload workload,
            Operands operands,
            boolean reordersTimed) {
        this.processor = processor;
        this.queue = queue;
        this.reordersTimed = reordersTimed;
        Shape shape = workload.shape();
        long[] x = shape.inputShape(workload.batch());
        long[] y = shape.outputShape(workload.batch());
        memory plainX = plain(operands.input(), x, memory.format_tag.nchw);
        memory plainY = plain(operands.output(), y, memory.format_tag.nchw);
        memory.format_tag grouped =
                shape.groups() > 1 ? memory.format_tag.goihw : memory.format_tag.oihw;
        memory plainW = plain(operands.weight(), weightSizes(shape), grouped);
        var forward = forward(workload);
        switch (workload.pass()) {
            case FORWARD -> {
                algorithm = name(forward);
                memory source = input(plainX, forward.src_desc(), reordersTimed);
                memory weights = input(plainW, forward.weights_desc(), false);
                memory result = output(plainY, forward.dst_desc());
                add(
                        keep(new convolution_forward(forward)),
                        new int[] {dnnl.DNNL_ARG_SRC, dnnl.DNNL_ARG_WEIGHTS, dnnl.DNNL_ARG_DST},
                        source,
                        weights,
                        result);
                finish(result, plainY);
            }
            case DATA -> {
                var description =
                        keep(
                                new convolution_backward_data.primitive_desc(
                                        processor,
                                        dnnl.algorithm.convolution_auto,
                                        any(x),
                                        any(weightSizes(shape)),
                                        any(y),
                                        strides(shape),
                                        paddings(shape),
                                        paddings(shape),
                                        forward));
                algorithm = name(description);
                memory gradient = input(plainY, description.diff_dst_desc(), reordersTimed);
                memory weights = input(plainW, description.weights_desc(), false);
                memory result = output(plainX, description.diff_src_desc());
                add(
                        keep(new convolution_backward_data(description)),
                        new int[] {
                            dnnl.DNNL_ARG_DIFF_DST, dnnl.DNNL_ARG_WEIGHTS, dnnl.DNNL_ARG_DIFF_SRC
                        },
                        gradient,
                        weights,
                        result);
                finish(result, plainX);
            }
            case WEIGHTS -> {
                var description =
                        keep(
                                new convolution_backward_weights.primitive_desc(
                                        processor,
                                        dnnl.algorithm.convolution_auto,
                                        any(x),
                                        any(weightSizes(shape)),
                                        any(y),
                                        strides(shape),
                                        paddings(shape),
                                        paddings(shape),
                                        forward));
                algorithm = name(description);
                memory source = input(plainX, description.src_desc(), reordersTimed);
                memory gradient = input(plainY, description.diff_dst_desc(), reordersTimed);
                memory result = output(plainW, description.diff_weights_desc());
                add(
                        keep(new convolution_backward_weights(description)),
                        new int[] {
                            dnnl.DNNL_ARG_SRC, dnnl.DNNL_ARG_DIFF_DST, dnnl.DNNL_ARG_DIFF_WEIGHTS
                        },
                        source,
                        gradient,
                        result);
                finish(result, plainW);
            }
            default -> throw new AssertionError(workload.pass());
        }
    }

    @Override
    public void run() {
        for (int i = 0; i < steps.size(); i++) {
            execute(steps.get(i));
        }
        queue._wait();
    }

    @Override
    public void read() {
        after.forEach(this::execute);
        queue._wait();
    }

    @Override
    public String algorithm() {
        return algorithm;
    }

    @Override
    public void close() {
        while (!owned.isEmpty()) {
            owned.pop().deallocate();
        }
    }

    private void execute(Step step) {
        step.work().execute(queue, step.arguments());
    }

    private convolution_forward.primitive_desc forward(Workload workload) {
        Shape shape = workload.shape();
        dnnl.prop_kind kind =
                workload.pass() == Pass.FORWARD
                        ? dnnl.prop_kind.forward_inference
                        : dnnl.prop_kind.forward_training;
        return keep(
                new convolution_forward.primitive_desc(
                        processor,
                        kind,
                        dnnl.algorithm.convolution_auto,
                        any(shape.inputShape(workload.batch())),
                        any(weightSizes(shape)),
                        any(shape.outputShape(workload.batch())),
                        strides(shape),
                        paddings(shape),
                        paddings(shape)));
    }

    /** The operand in the layout wanted; the reorder is a timed step or done now. */
    private memory input(memory plain, memory.desc wanted, boolean timed) {
        keep(wanted);
        if (keep(plain.get_desc()).equals(wanted)) {
            return plain;
        }
        memory blocked = keep(new memory(wanted, processor));
        Step step = reorder(plain, blocked);
        if (timed) {
            steps.add(step);
        } else {
            execute(step);
            queue._wait();
        }
        return blocked;
    }

    private memory output(memory plain, memory.desc wanted) {
        keep(wanted);
        return keep(plain.get_desc()).equals(wanted) ? plain : keep(new memory(wanted, processor));
    }

    private void finish(memory result, memory plain) {
        if (result != plain) {
            (reordersTimed ? steps : after).add(reorder(result, plain));
        }
    }

    private Step reorder(memory from, memory to) {
        IntMemoryMap arguments = keep(new IntMemoryMap());
        arguments.put(dnnl.DNNL_ARG_FROM, from);
        arguments.put(dnnl.DNNL_ARG_TO, to);
        return new Step(keep(new reorder(from, to)), arguments);
    }

    private void add(primitive work, int[] roles, memory... memories) {
        IntMemoryMap arguments = keep(new IntMemoryMap());
        for (int i = 0; i < roles.length; i++) {
            arguments.put(roles[i], memories[i]);
        }
        steps.add(new Step(work, arguments));
    }

    /** A memory over the operand's own bytes. */
    private memory plain(Tensor tensor, long[] sizes, memory.format_tag layout) {
        memory.desc description = keep(new memory.desc(sizes, memory.data_type.f32, layout));
        Pointer bytes = keep(new BytePointer(Operands.bytes(tensor)));
        return keep(new memory(description, processor, bytes));
    }

    private memory.desc any(long[] sizes) {
        return keep(new memory.desc(sizes, memory.data_type.f32, memory.format_tag.any));
    }

    private static long[] weightSizes(Shape shape) {
        long[] sizes = shape.weightShape();
        return shape.groups() == 1
                ? sizes
                : new long[] {
                    shape.groups(), sizes[0] / shape.groups(), sizes[1], sizes[2], sizes[3]
                };
    }

    private static long[] strides(Shape shape) {
        return new long[] {shape.stride(), shape.stride()};
    }

    private static long[] paddings(Shape shape) {
        return new long[] {shape.padding(), shape.padding()};
    }

    private static String name(primitive_desc_base description) {
        return description.impl_info_str().getString();
    }

    private <P extends Pointer> P keep(P pointer) {
        owned.push(pointer);
        return pointer;
    }
}
