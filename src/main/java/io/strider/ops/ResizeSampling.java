package io.strider.ops;

/**
 * How ONNX's Resize finds the elements of an axis of another size: which place of the input an
 * output index stands for, and how the elements around that place are weighted. Formulas are those
 * of ONNX's operator documentation.
 *
 * @param filter how neighbours are weighted
 * @param coordinates which place an output index stands for
 * @param nearest how a place between two elements is rounded, for {@link Filter#NEAREST}
 * @param cubicA the cubic's parameter, ONNX's cubic_coeff_a
 * @param excludeOutside whether neighbours beyond the border have no weight; otherwise the border's
 *     elements stand for them
 * @param antialias whether the filter is stretched where the axis shrinks
 */
public record ResizeSampling(
        Filter filter,
        Coordinates coordinates,
        Nearest nearest,
        double cubicA,
        boolean excludeOutside,
        boolean antialias) {

    /** How neighbours are weighted. */
    public enum Filter {
        /** The nearest element alone. */
        NEAREST,
        /** Two neighbours, by their distance. */
        LINEAR,
        /** Four neighbours, by a cubic of their distance. */
        CUBIC
    }

    /** Which place of the input an output index stands for; names are ONNX's. */
    public enum Coordinates {
        /** (x + ½) / scale − ½. */
        HALF_PIXEL,
        /** The same, moved so that the middle stays the middle where the scale is fractional. */
        HALF_PIXEL_SYMMETRIC,
        /** The same, but 0 where the output has one element. */
        PYTORCH_HALF_PIXEL,
        /** First on first and last on last. */
        ALIGN_CORNERS,
        /** x / scale. */
        ASYMMETRIC,
        /** (x + ½) / scale, of operator set 11 alone. */
        TF_HALF_PIXEL_FOR_NN,
        /** First and last on the ends of a region of interest, which may reach outside. */
        TF_CROP_AND_RESIZE
    }

    /** How a place between two elements is rounded. */
    public enum Nearest {
        /** To the nearest, a half down. */
        ROUND_PREFER_FLOOR,
        /** To the nearest, a half up. */
        ROUND_PREFER_CEIL,
        /** Down. */
        FLOOR,
        /** Up. */
        CEIL,
        /** Down where the axis grows, up where it shrinks: before operator set 11. */
        SIMPLE
    }

    /**
     * One axis.
     *
     * @param input its size before
     * @param output its size after
     * @param scale how much it grows
     * @param length its exact size after: input · scale, of which {@code output} may be the whole
     *     part
     * @param regionStart where the region of interest begins, as a fraction of the input
     * @param regionEnd where it ends
     */
    public record Axis(
            long input,
            long output,
            double scale,
            double length,
            double regionStart,
            double regionEnd) {}

    /**
     * Works out an axis.
     *
     * @throws IllegalArgumentException if a size is out of range or a scale is not positive
     */
    public ResizeTaps taps(Axis axis) {
        if (axis.input < 1
                || axis.input > Integer.MAX_VALUE
                || axis.output < 0
                || axis.output > Integer.MAX_VALUE - 8
                || !(axis.scale > 0 && axis.scale < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "axis: %s (expected: sizes below 2147483640, some input, a scale > 0)"
                            .formatted(axis));
        }
        ResizeTaps.Builder taps = new ResizeTaps.Builder((int) axis.output);
        for (int x = 0; x < axis.output; x++) {
            double place = place(axis, x);
            boolean outside =
                    coordinates == Coordinates.TF_CROP_AND_RESIZE
                            && !(place >= 0 && place <= axis.input - 1);
            if (!outside) {
                add(taps, axis, place);
            }
            taps.next();
        }
        return taps.build();
    }

    private double place(Axis axis, int x) {
        return switch (coordinates) {
            case HALF_PIXEL -> (x + 0.5) / axis.scale - 0.5;
            case HALF_PIXEL_SYMMETRIC -> {
                double offset = axis.input / 2.0 * (1 - axis.output / axis.length);
                yield offset + (x + 0.5) / axis.scale - 0.5;
            }
            case PYTORCH_HALF_PIXEL -> axis.length == 1 ? -0.5 : (x + 0.5) / axis.scale - 0.5;
            case ALIGN_CORNERS -> axis.length == 1 ? 0 : x * (axis.input - 1.0) / (axis.length - 1);
            case ASYMMETRIC -> x / axis.scale;
            case TF_HALF_PIXEL_FOR_NN -> (x + 0.5) / axis.scale;
            case TF_CROP_AND_RESIZE -> {
                double width = axis.regionEnd - axis.regionStart;
                double way =
                        axis.length == 1
                                ? width * (axis.input - 1) / 2
                                : x * width * (axis.input - 1) / (axis.length - 1);
                yield way + axis.regionStart * (axis.input - 1);
            }
        };
    }

    private void add(ResizeTaps.Builder taps, Axis axis, double place) {
        if (filter == Filter.NEAREST) {
            taps.tap(inside(rounded(place, axis.scale), axis), 1);
            return;
        }
        double stretch = antialias ? Math.min(1, axis.scale) : 1;
        long reach = (long) Math.ceil((filter == Filter.CUBIC ? 2 : 1) / stretch);
        long floor = (long) Math.floor(place);
        double all = 0;
        double within = 0;
        for (long i = floor - reach + 1; i <= floor + reach; i++) {
            double weight = weight((i - place) * stretch);
            all += weight;
            within += i >= 0 && i < axis.input ? weight : 0;
        }
        boolean excludes = excludeOutside && within != 0;
        double sum = excludes ? within : antialias ? all : 1;
        for (long i = floor - reach + 1; i <= floor + reach; i++) {
            boolean counts = !excludes || (i >= 0 && i < axis.input);
            taps.tap(inside((double) i, axis), counts ? weight((i - place) * stretch) / sum : 0);
        }
    }

    private static int inside(double index, Axis axis) {
        return (int) Math.clamp(index, 0, (double) (axis.input - 1));
    }

    private double rounded(double place, double scale) {
        return switch (nearest) {
            case ROUND_PREFER_FLOOR -> Math.ceil(place - 0.5);
            case ROUND_PREFER_CEIL -> Math.floor(place + 0.5);
            case FLOOR -> Math.floor(place);
            case CEIL -> Math.ceil(place);
            case SIMPLE -> scale < 1 ? Math.ceil(place) : Math.floor(place);
        };
    }

    /** The filter at a distance; the cubic is Keys' convolution kernel. */
    private double weight(double distance) {
        double x = Math.abs(distance);
        if (filter == Filter.LINEAR) {
            return Math.max(0, 1 - x);
        }
        double a = cubicA;
        return x <= 1
                ? ((a + 2) * x - (a + 3)) * x * x + 1
                : x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0;
    }
}
