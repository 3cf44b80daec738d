package io.strider.graph;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a session does for inputs of certain types, for people.
 *
 * @param steps what is computed, in order; what follows from constants is not there
 * @param multiplications of all steps, see {@link Step#multiplications}
 * @param constantBytes of the weights and other constants that the steps read, as the model holds
 *     them
 * @param frameBytes of native memory that one run takes
 */
public record PlanDescription(
        List<Step> steps, long multiplications, long constantBytes, long frameBytes) {
    /** Keeps a copy of the list. */
    public PlanDescription {
        steps = List.copyOf(steps);
    }

    /**
     * One node, or what several have become.
     *
     * @param node its name; of fused nodes all names
     * @param operator what it computes
     * @param algorithm how, in a word or two; "plain" for what is computed on arrays
     * @param outputs types of what it gives
     * @param multiplications products of a weight and an element by the definition, or 0
     * @param bytes of the outputs
     * @param memory what is special about where the outputs lie, such as "in place"; may be empty
     * @param nanos what one run of it took, 0 if it was not timed
     */
    public record Step(
            String node,
            String operator,
            String algorithm,
            List<TensorType> outputs,
            long multiplications,
            long bytes,
            String memory,
            long nanos) {
        /** Keeps a copy of the list. */
        public Step {
            outputs = List.copyOf(outputs);
        }
    }

    /**
     * Describes a plan.
     *
     * @param nanos of each of its nodes
     */
    static PlanDescription of(Plan plan, long[] nanos) {
        List<PlannedNode> nodes = plan.nodes();
        List<Step> steps = new ArrayList<>();
        Set<String> constants = new HashSet<>();
        long multiplications = 0;
        for (int i = 0; i < nodes.size(); i++) {
            Step step = step(nodes.get(i), nanos[i]);
            steps.add(step);
            multiplications += step.multiplications;
            for (String input : nodes.get(i).node.inputs()) {
                if (plan.graph().constants().containsKey(input)) {
                    constants.add(input);
                }
            }
        }
        long constantBytes = 0;
        for (String constant : constants) {
            constantBytes += bytes(plan.type(constant));
        }
        return new PlanDescription(steps, multiplications, constantBytes, plan.bytes());
    }

    private static long bytes(TensorType type) {
        return Math.multiplyExact(type.elementCount(), type.type().bytes());
    }

    private static Step step(PlannedNode planned, long nanos) {
        Kernel kernel = planned.kernel;
        long bytes = 0;
        for (TensorType type : planned.outputTypes) {
            bytes += bytes(type);
        }
        return new Step(
                planned.node.name(),
                planned.node.operator().name(),
                kernel == null ? algorithm(planned) : kernel.description(),
                planned.outputTypes,
                kernel == null ? 0 : kernel.multiplications(),
                bytes,
                memory(planned),
                nanos);
    }

    private static String algorithm(PlannedNode planned) {
        return switch (planned.way) {
            case KERNEL, EMPTY -> "";
            case VIEW, PARTS -> planned.free == planned.views.size() ? "" : "copy";
            case PLAIN -> "plain";
        };
    }

    private static String memory(PlannedNode planned) {
        boolean free = planned.free == planned.views.size();
        return switch (planned.way) {
            case KERNEL -> planned.inPlace ? "in place" : "";
            case VIEW -> free ? "view" : planned.free == 0 ? "" : "views and copies";
            case PARTS -> free ? "written by its inputs" : "copies";
            case PLAIN -> "arrays";
            case EMPTY -> "empty";
        };
    }
}
