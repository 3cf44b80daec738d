package io.strider.benchmark;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes the bytes of an ONNX model of one {@code Conv} node, {@code x → y} with the weights as an
 * initializer. Protocol buffers need only three kinds of fields here: integers, strings and nested
 * messages. Numbers of fields: onnx.proto3.
 */
final class OnnxModel {
    private static final int FLOAT = 1;
    private static final int ATTRIBUTE_INT = 2;
    private static final int ATTRIBUTE_INTS = 7;

    private OnnxModel() {}

    static byte[] conv(Shape shape, int batch, ByteBuffer weights) {
        Message node = new Message();
        node.text(1, "x").text(1, "w").text(2, "y").text(3, "conv").text(4, "Conv");
        node.message(5, integers("kernel_shape", shape.kernel(), shape.kernel()));
        node.message(5, integers("strides", shape.stride(), shape.stride()));
        int padding = shape.padding();
        node.message(5, integers("pads", padding, padding, padding, padding));
        node.message(5, integer("group", shape.groups()));

        Message initializer = new Message();
        for (long size : shape.weightShape()) {
            initializer.number(1, size);
        }
        byte[] raw = new byte[weights.remaining()];
        weights.duplicate().get(raw);
        initializer.number(2, FLOAT).text(8, "w").bytes(9, raw);

        Message graph = new Message();
        graph.message(1, node).text(2, "layer").message(5, initializer);
        graph.message(11, value("x", shape.inputShape(batch)));
        graph.message(12, value("y", shape.outputShape(batch)));

        Message operators = new Message();
        operators.text(1, "").number(2, 17);
        Message model = new Message();
        model.number(1, 8).text(2, "strider").message(7, graph).message(8, operators);
        return model.toBytes();
    }

    private static Message integers(String name, long... values) {
        Message attribute = new Message();
        attribute.text(1, name);
        for (long value : values) {
            attribute.number(8, value);
        }
        return attribute.number(20, ATTRIBUTE_INTS);
    }

    private static Message integer(String name, long value) {
        return new Message().text(1, name).number(3, value).number(20, ATTRIBUTE_INT);
    }

    private static Message value(String name, long[] sizes) {
        Message shape = new Message();
        for (long size : sizes) {
            shape.message(1, new Message().number(1, size));
        }
        Message tensor = new Message().number(1, FLOAT).message(2, shape);
        return new Message().text(1, name).message(2, new Message().message(1, tensor));
    }

    /** A protocol buffer under construction. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, long value) {
            variable((long) field << 3);
            variable(value);
            return this;
        }

        Message bytes(int field, byte[] value) {
            variable((long) field << 3 | 2);
            variable(value.length);
            out.writeBytes(value);
            return this;
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return bytes(field, value.toBytes());
        }

        byte[] toBytes() {
            return out.toByteArray();
        }

        private void variable(long value) {
            long rest = value;
            while ((rest & ~0x7FL) != 0) {
                out.write((int) (rest & 0x7F) | 0x80);
                rest >>>= 7;
            }
            out.write((int) rest);
        }
    }
}
