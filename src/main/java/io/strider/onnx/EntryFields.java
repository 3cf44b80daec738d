package io.strider.onnx;

import java.io.IOException;

/** The fields of one StringStringEntryProto. Field numbers: onnx.proto3. */
final class EntryFields {
    private EntryFields() {}

    /** Reads the fields of the message that the wire is in: key and value. */
    static String[] read(WireReader wire) throws IOException {
        String key = "";
        String value = "";
        while (wire.next()) {
            switch (wire.field()) {
                case 1 -> {
                    key = wire.text("key");
                    wire.named(key);
                }
                case 2 -> value = wire.text("value");
                default -> wire.skip();
            }
        }
        return new String[] {key, value};
    }
}
