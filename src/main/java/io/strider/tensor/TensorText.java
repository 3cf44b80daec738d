package io.strider.tensor;

import java.util.Arrays;
import java.util.Locale;

/** Tensors as text, as NumPy shows its arrays. */
final class TensorText {
    /** Up to this many elements are all shown. */
    private static final int SHOWN_IN_FULL = 1000;

    /** How many stand at either end of a shortened dimension. */
    private static final int EDGE = 3;

    /** A shortened tensor of rank 8 would still show 6⁸ numbers: after this many it ends with …. */
    private static final int MOST_NUMBERS = 2000;

    private final Tensor tensor;
    private final boolean shortened;
    private final StringBuilder text = new StringBuilder();
    private int numbers;

    private TensorText(Tensor tensor) {
        this.tensor = tensor;
        this.shortened = tensor.elementCount() > SHOWN_IN_FULL;
    }

    static String describe(Tensor tensor) {
        String head =
                "Tensor float32 " + Arrays.toString(tensor.shape()) + " " + layout(tensor) + ":";
        try {
            tensor.requireReadable("tensor");
            TensorText values = new TensorText(tensor);
            values.append(new long[tensor.rank()], 0);
            return head + (tensor.rank() > 1 ? "\n" : " ") + values.text;
        } catch (WrongThreadException foreign) {
            return head + " (confined to another thread)";
        } catch (IllegalStateException closed) {
            return head + " (closed)";
        }
    }

    private static String layout(Tensor tensor) {
        String access = tensor.isReadOnly() ? ", read-only" : "";
        if (tensor.isContiguous()) {
            return (tensor.rank() == 4 ? "channels-first" : "row-major") + access;
        }
        if (tensor.isContiguous(MemoryFormat.CHANNELS_LAST)) {
            return "channels-last" + access;
        }
        return "strides " + Arrays.toString(tensor.strides()) + access;
    }

    private void append(long[] index, int dim) {
        if (dim == index.length) {
            text.append(number(tensor.get(index)));
            numbers++;
            return;
        }
        text.append('[');
        long size = tensor.size(dim);
        for (long i = 0; i < size && (i == 0 || numbers < MOST_NUMBERS); i++) {
            if (i > 0) {
                separate(dim, index.length);
            }
            if (shortened && i == EDGE && size > 2 * EDGE) {
                text.append('…');
                separate(dim, index.length);
                i = size - EDGE;
            }
            index[dim] = i;
            append(index, dim + 1);
        }
        text.append(numbers < MOST_NUMBERS ? "]" : " …]");
    }

    /**
     * Numbers of a row stand on a line; rows begin a line each, blocks of rows leave lines free.
     */
    private void separate(int dim, int rank) {
        if (dim == rank - 1) {
            text.append(", ");
        } else {
            text.append(',').repeat("\n", rank - 1 - dim).repeat(" ", dim + 1);
        }
    }

    /** Integers without decimals, other numbers with about six significant digits. */
    private static String number(float value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e7f) {
            return value == 0 && 1 / value < 0 ? "-0" : Integer.toString((int) value);
        }
        if (!Float.isFinite(value)) {
            return Float.toString(value);
        }
        float magnitude = Math.abs(value);
        if (magnitude >= 1e-4f && magnitude < 1e7f) {
            int decimals = Math.max(0, 5 - (int) Math.floor(Math.log10(magnitude)));
            String digits = String.format(Locale.ROOT, "%." + decimals + "f", value);
            return digits.contains(".") ? digits.replaceFirst("\\.?0+$", "") : digits;
        }
        return String.format(Locale.ROOT, "%.5e", value);
    }
}
