package io.strider.graph;

import io.strider.tensor.ElementType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides for every tensor of a plan where in which buffer it lies, so that as little as possible
 * is copied.
 *
 * <p>Backwards through the nodes, whoever puts inputs side by side asks for them to be written
 * where they belong. Forwards, outputs that are views of an input get its memory, elementwise
 * kernels take over memory that nobody reads after them, and what is left gets a buffer of its own.
 *
 * <p>Why nothing is overwritten that is still wanted: every region is written by the value that it
 * was given to, and after that only by kernels in place, which are refused if any other value that
 * may share an element is read later.
 */
final class Placement {
    private final List<PlannedNode> nodes;
    private final Map<String, PlannedValue> values;
    private final Map<Place.Buffer, List<PlannedValue>> residents = new HashMap<>();

    private Placement(List<PlannedNode> nodes, Map<String, PlannedValue> values) {
        this.nodes = nodes;
        this.values = values;
    }

    /**
     * Gives every value that is wanted as a tensor its place.
     *
     * @return the buffers, with the positions at which they live
     */
    static List<Place.Buffer> of(List<PlannedNode> nodes, Map<String, PlannedValue> values) {
        Placement placement = new Placement(nodes, values);
        for (int position = nodes.size() - 1; position >= 0; position--) {
            placement.backward(nodes.get(position), position);
        }
        for (PlannedValue value : values.values()) {
            if (value.definedAt == PlannedValue.BEFORE) {
                placement.placeFresh(value);
            }
        }
        for (int position = 0; position < nodes.size(); position++) {
            placement.forward(nodes.get(position), position);
        }
        return placement.buffers();
    }

    private void put(PlannedValue value, Place place) {
        value.place = place;
        residents.computeIfAbsent(place.buffer(), _ -> new ArrayList<>()).add(value);
    }

    private void placeFresh(PlannedValue value) {
        if (value.tensor && value.place == null) {
            put(value, Place.fresh(value.type));
        }
    }

    /** The value that a node reads, null if it is absent, constant or no tensor. */
    private @Nullable PlannedValue tensor(String name) {
        PlannedValue value = values.get(name);
        return value != null && value.tensor ? value : null;
    }

    private @Nullable PlannedValue output(PlannedNode planned, int index) {
        String name = planned.node.outputs().get(index);
        return name.isEmpty() ? null : tensor(name);
    }

    private void backward(PlannedNode planned, int position) {
        switch (planned.way) {
            case PARTS -> placeParts(planned);
            case VIEW -> {
                PlannedValue x = tensor(planned.node.inputs().get(0));
                PlannedValue y = output(planned, 0);
                if (x == null || x.place != null || y == null || y.place == null) {
                    return;
                }
                Place place =
                        planned.views.get(0) instanceof View.SameOrder
                                ? y.place.reshaped(x.type.shape())
                                : null;
                if (place != null && place.isOrderly()) {
                    put(x, place);
                }
            }
            case KERNEL -> {
                PlannedValue x = inPlaceInput(planned, position);
                PlannedValue y = output(planned, 0);
                if (x == null || x.place != null || y == null || y.place == null) {
                    return;
                }
                if (x.uses == 1 && isComputed(x)) {
                    put(x, y.place);
                }
            }
            default -> {}
        }
    }

    /** Whether a value's elements are its own: no views and no parts of it can be read later. */
    private boolean isComputed(PlannedValue value) {
        if (value.definedAt == PlannedValue.BEFORE) {
            return true;
        }
        PlannedNode.Way way = nodes.get(value.definedAt).way;
        return way == PlannedNode.Way.KERNEL || way == PlannedNode.Way.PLAIN;
    }

    private void placeParts(PlannedNode planned) {
        PlannedValue whole = output(planned, 0);
        if (whole == null) {
            return;
        }
        if (whole.place == null) {
            Place found = alreadyTogether(planned, whole);
            put(whole, found != null ? found : Place.fresh(whole.type));
        }
        for (int i = 0; i < planned.views.size(); i++) {
            PlannedValue x = tensor(planned.node.inputs().get(i));
            if (x != null && x.place == null) {
                put(x, part(planned, i, whole.place(), x));
            }
        }
    }

    private static Place part(PlannedNode planned, int input, Place whole, PlannedValue x) {
        return whole.part((View.Part) planned.views.get(input), x.type.shape());
    }

    /** The region that the inputs make up where they have been asked to lie; or null. */
    private @Nullable Place alreadyTogether(PlannedNode planned, PlannedValue whole) {
        Place all = null;
        for (int i = 0; i < planned.views.size(); i++) {
            PlannedValue x = tensor(planned.node.inputs().get(i));
            if (x == null || x.place == null || x.place.isEmpty()) {
                return null;
            }
            if (all == null) {
                all =
                        new Place(
                                x.place.buffer(),
                                x.place.offset(),
                                whole.type.shape(),
                                x.place.strides());
            }
            if (!part(planned, i, all, x).same(x.place)) {
                return null;
            }
        }
        return all;
    }

    private void forward(PlannedNode planned, int position) {
        switch (planned.way) {
            case VIEW -> placeViews(planned);
            case PARTS -> countParts(planned);
            case KERNEL -> placeInPlace(planned, position);
            default -> {}
        }
        List<String> outputs = planned.node.outputs();
        for (int i = 0; i < outputs.size(); i++) {
            if (outputs.get(i).isEmpty()) {
                if (planned.outputTypes.get(i).type() == ElementType.FLOAT32) {
                    planned.unnamed[i] = Place.fresh(planned.outputTypes.get(i));
                    planned.unnamed[i].buffer().live(position, position);
                }
            } else {
                PlannedValue value = tensor(outputs.get(i));
                if (value != null) {
                    placeFresh(value);
                }
            }
        }
    }

    private void placeViews(PlannedNode planned) {
        PlannedValue x = tensor(planned.node.inputs().get(0));
        for (int i = 0; x != null && i < planned.views.size(); i++) {
            PlannedValue y = output(planned, i);
            if (y == null) {
                planned.free++;
                continue;
            }
            Place place = x.place().view(planned.views.get(i), y.type.shape());
            if (place == null || !place.isOrderly()) {
                continue;
            }
            if (y.place == null) {
                put(y, place);
            }
            if (y.place().same(place)) {
                planned.free++;
            }
        }
    }

    private void countParts(PlannedNode planned) {
        PlannedValue whole = output(planned, 0);
        for (int i = 0; whole != null && i < planned.views.size(); i++) {
            PlannedValue x = tensor(planned.node.inputs().get(i));
            if (x != null && x.place().same(part(planned, i, whole.place(), x))) {
                planned.free++;
            }
        }
    }

    /** The value whose memory a kernel may take over as far as the kernel and the types go. */
    private @Nullable PlannedValue inPlaceInput(PlannedNode planned, int position) {
        int input = planned.kernel == null ? -1 : planned.kernel.inPlaceInput();
        if (input < 0) {
            return null;
        }
        PlannedValue x = tensor(planned.node.inputs().get(input));
        PlannedValue y = output(planned, 0);
        boolean fits = x != null && y != null && x.type.equals(y.type) && x.lastUse == position;
        return fits ? x : null;
    }

    private void placeInPlace(PlannedNode planned, int position) {
        PlannedValue x = inPlaceInput(planned, position);
        PlannedValue y = output(planned, 0);
        if (x == null || y == null) {
            return;
        }
        if (y.place != null) {
            planned.inPlace = y.place.same(x.place());
            return;
        }
        Place place = x.place();
        for (PlannedValue other : residents.getOrDefault(place.buffer(), List.of())) {
            boolean wanted = other.lastUse >= position && !other.name.equals(x.name);
            if (wanted && !place.apart(other.place())) {
                return;
            }
        }
        put(y, place);
        planned.inPlace = true;
    }

    private List<Place.Buffer> buffers() {
        Set<Place.Buffer> buffers = new LinkedHashSet<>();
        for (PlannedValue value : values.values()) {
            if (value.place != null) {
                value.place.buffer().live(value.definedAt, value.lastUse);
                buffers.add(value.place.buffer());
            }
        }
        for (PlannedNode planned : nodes) {
            for (Place place : planned.unnamed) {
                if (place != null) {
                    buffers.add(place.buffer());
                }
            }
        }
        return List.copyOf(buffers);
    }
}
