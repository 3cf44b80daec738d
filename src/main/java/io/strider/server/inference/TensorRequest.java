package io.strider.server.inference;

import io.strider.graph.GraphInput;
import io.strider.graph.TensorType;
import io.strider.server.batching.Outcome;
import io.strider.server.batching.Reservation;
import io.strider.server.batching.Ticket;
import io.strider.server.inference.RefusedException.Reason;
import io.strider.tensor.NdArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One request with tensors on its way: cut into rows that are joined with those of others where the
 * network has a row of each output for each row of its input, else computed alone. For one thread.
 */
final class TensorRequest {
    private final ServedModel model;
    private final Map<String, NdArray> inputs;
    private final List<String> outputs;
    private final int rows;

    /**
     * Checks a request.
     *
     * @param outputs all of them if empty
     * @throws RefusedException if the model has no such inputs or outputs
     */
    TensorRequest(ServedModel model, Map<String, NdArray> inputs, List<String> outputs)
            throws RefusedException {
        this.model = model;
        this.inputs = inputs;
        requireInputs();
        List<String> known = model.session().outputs();
        this.outputs = List.copyOf(outputs.isEmpty() ? known : new LinkedHashSet<>(outputs));
        for (String name : this.outputs) {
            if (!known.contains(name)) {
                throw bad("output \"%s\": unknown (expected: one of %s)".formatted(name, known));
            }
        }
        this.rows = rows();
    }

    private void requireInputs() throws RefusedException {
        List<GraphInput> expected = model.session().inputs();
        for (GraphInput input : expected) {
            NdArray given = inputs.get(input.name());
            if (given == null) {
                throw bad("input \"%s\": not given (expected: %s)".formatted(input.name(), input));
            }
            TensorType type = new TensorType(given.type(), given.shape());
            if (!input.accepts(type)) {
                throw bad("input \"%s\": %s (expected: %s)".formatted(input.name(), type, input));
            }
        }
        Set<String> unknown = new LinkedHashSet<>(inputs.keySet());
        expected.forEach(input -> unknown.remove(input.name()));
        if (!unknown.isEmpty()) {
            throw bad("inputs %s: unknown (expected: %s)".formatted(unknown, expected));
        }
    }

    private static RefusedException bad(String message) {
        return new RefusedException(Reason.BAD_REQUEST, message);
    }

    private int rows() {
        if (!model.outputs().rows().containsAll(outputs)) {
            return 0;
        }
        return (int) inputs.values().iterator().next().size(0);
    }

    /** How many places in the queue the request takes. */
    int items() {
        return Math.max(1, rows);
    }

    /**
     * Waits for the outputs.
     *
     * @param places for all items
     * @throws RefusedException if a part of the request is refused: then all of it is
     * @throws IllegalStateException if something failed that is not the sender's doing
     */
    Map<String, NdArray> run(
            Reservation<BatchKey, Work, Work.Product> places, InferenceObserver observer)
            throws RefusedException, InterruptedException {
        if (rows == 0) {
            Work whole = new Work.OfTensors(inputs, outputs);
            Ticket<Work.Product> ticket = places.submit(new BatchKey.Alone(model), whole);
            return ((Work.Tensors) product(ticket, observer)).outputs();
        }
        NdArray input = inputs.values().iterator().next();
        List<Long> shape = new ArrayList<>();
        for (int dim = 1; dim < input.rank(); dim++) {
            shape.add(input.size(dim));
        }
        BatchKey key = new BatchKey.Rows(model, List.copyOf(shape), outputs);
        List<Ticket<Work.Product>> tickets = new ArrayList<>(rows);
        for (int i = 0; i < rows; i++) {
            tickets.add(places.submit(key, new Work.OfRow(input, i)));
        }
        List<Work.Row> products = new ArrayList<>(rows);
        for (Ticket<Work.Product> ticket : tickets) {
            products.add((Work.Row) product(ticket, observer));
        }
        Map<String, NdArray> joined = new LinkedHashMap<>();
        for (String name : outputs) {
            joined.put(name, JoinedRows.of(name, products));
        }
        return joined;
    }

    private Work.Product product(Ticket<Work.Product> ticket, InferenceObserver observer)
            throws RefusedException, InterruptedException {
        Outcome<Work.Product> outcome = ticket.await();
        if (outcome instanceof Outcome.Done<Work.Product> done) {
            observer.dequeued(model.name(), done.queueNanos());
            return done.value();
        }
        throw Refusals.of(outcome, "request");
    }
}
