package io.strider.server.inference;

import io.strider.embedding.ImageSize;
import io.strider.embedding.Picture;
import io.strider.graph.GraphInput;
import io.strider.graph.MemoryLimitException;
import io.strider.graph.Value;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.lang.foreign.Arena;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a model before anybody asks it, so that plans are made, weights packed and code compiled for
 * the first request: black pictures, or zeros, in batches of sizes that a batcher makes.
 */
final class ModelWarmUp {
    private static final int CHANNELS = 3;

    private final ServedModel model;

    ModelWarmUp(ServedModel model) {
        this.model = model;
    }

    /** A single picture: what a server needs to be ready. */
    void first() {
        run(1);
    }

    /** Larger batches. */
    void rest() {
        int most = model.maxBatch();
        for (int batch = 2; batch < most; batch *= 2) {
            run(batch);
        }
        if (most > 1) {
            run(most);
        }
    }

    private void run(int batch) {
        try {
            if (model.description().takesPictures()) {
                embed(batch);
            } else {
                compute(batch);
            }
        } catch (MemoryLimitException _) {
            // Smaller batches may fit, and requests are told if they do not.
        }
    }

    private void embed(int batch) {
        Optional<ImageSize> size = model.preprocessing().fixedSize();
        if (size.isPresent()) {
            int height = size.get().height();
            int width = size.get().width();
            Picture black = Picture.of(height, width, new byte[CHANNELS * height * width]);
            model.embed(Collections.nCopies(batch, model.preprocessing().fit(black)));
        }
    }

    private void compute(int batch) {
        Map<String, Value> inputs = new HashMap<>();
        for (GraphInput input : model.session().inputs()) {
            long[] shape = input.shape().clone();
            if (shape.length > 0 && shape[0] == GraphInput.FREE) {
                shape[0] = batch;
            }
            for (long size : shape) {
                if (size == GraphInput.FREE) {
                    return; // whatever is chosen, requests will hardly have it
                }
            }
            NdArray zeros = NdArray.scalar(ElementType.FLOAT32, 0).cast(input.type());
            inputs.put(input.name(), new Value.Numbers(filled(zeros, shape)));
        }
        try (Arena arena = Arena.ofConfined()) {
            model.session().run(inputs, arena);
        } catch (MemoryLimitException refused) {
            throw refused;
        } catch (IllegalArgumentException _) {
            // Some networks refuse zeros.
        }
    }

    private static NdArray filled(NdArray zero, long[] shape) {
        long count = 1;
        for (long size : shape) {
            count = Math.multiplyExact(count, size);
        }
        int elements = Math.toIntExact(count);
        return zero.type().isFloating()
                ? NdArray.ofDoubles(zero.type(), new double[elements], shape)
                : NdArray.ofLongs(zero.type(), new long[elements], shape);
    }
}
