package io.strider.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ImageDecoderThreadsTest {
    @Test
    void manyThreadsDecodeWithOneDecoder() throws Exception {
        ImageDecoder decoder = new ImageDecoder();
        List<Goldens.Case> cases =
                Goldens.cases("decode").filter(golden -> golden.number() == 0).toList();
        List<Future<byte[]>> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 10 * cases.size(); i++) {
                String name = cases.get(i % cases.size()).name();
                byte[] file = Goldens.bytes(name);
                results.add(threads.submit(() -> decoder.decode(file, name).toArray()));
            }
            for (int i = 0; i < results.size(); i++) {
                String name = cases.get(i % cases.size()).name();
                assertThat(results.get(i).get()).as(name).isEqualTo(Goldens.bytes(name + ".rgb"));
            }
        }
    }
}
