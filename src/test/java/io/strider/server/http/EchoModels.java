package io.strider.server.http;

import io.strider.graph.GraphInput;
import io.strider.server.inference.Call;
import io.strider.server.inference.Embedded;
import io.strider.server.inference.EmbeddedPictures;
import io.strider.server.inference.ManagedInference;
import io.strider.server.inference.ModelDescription;
import io.strider.server.inference.Occupancy;
import io.strider.server.inference.RefusedException;
import io.strider.server.inference.RefusedException.Reason;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Two models whose answers tell what they were asked: a picture's vector holds its first byte and
 * its length, a network's outputs are its inputs. A picture that begins with 'X' is a bad one.
 */
final class EchoModels implements ManagedInference {
    private static final List<GraphInput> TENSORS =
            List.of(new GraphInput("x", ElementType.FLOAT32, -1, 2));

    private final List<ModelDescription> models =
            List.of(
                    new ModelDescription("first", 1, true, OptionalInt.of(2), TENSORS, TENSORS),
                    new ModelDescription(
                            "the second", 3, true, OptionalInt.of(2), TENSORS, TENSORS));

    @Override
    public List<ModelDescription> models() {
        return models;
    }

    @Override
    public ModelDescription model(@Nullable String name) throws RefusedException {
        for (ModelDescription model : models) {
            if (name == null || name.equals(model.name())) {
                return model;
            }
        }
        throw new RefusedException(
                Reason.UNKNOWN_MODEL, "model: %s (expected: first)".formatted(name));
    }

    @Override
    public EmbeddedPictures embed(@Nullable String model, List<byte[]> pictures, Call call)
            throws RefusedException {
        List<Embedded> embedded = new ArrayList<>();
        for (byte[] picture : pictures) {
            embedded.add(
                    picture[0] == 'X'
                            ? Embedded.refused(
                                    new RefusedException(Reason.BAD_PICTURE, "not a picture"))
                            : Embedded.of(new float[] {picture[0], picture.length}));
        }
        return new EmbeddedPictures(model(model), embedded, 1, 2, 3);
    }

    @Override
    public Map<String, NdArray> infer(
            @Nullable String model, Map<String, NdArray> inputs, List<String> outputs, Call call) {
        Map<String, NdArray> answer = new LinkedHashMap<>(inputs);
        if (!outputs.isEmpty()) {
            answer.keySet().retainAll(outputs);
        }
        return answer;
    }

    @Override
    public void replace(@Nullable String name) {}

    @Override
    public Optional<RefusedException> admission() {
        return Optional.empty();
    }

    @Override
    public void drain() {}

    @Override
    public boolean awaitIdle(Duration most) {
        return true;
    }

    @Override
    public void giveUp() {}

    @Override
    public Occupancy occupancy() {
        return new Occupancy(0, 1, 0, 1, 0, 1, 0, 1);
    }

    @Override
    public void close() {}
}
