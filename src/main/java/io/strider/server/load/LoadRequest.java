package io.strider.server.load;

/**
 * A request whose bytes are made, to be sent any number of times.
 *
 * @param bytes head and body; not copied, so nobody may write to them
 * @param pictures how many pictures, or rows of a tensor, it asks for
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares requests
public record LoadRequest(byte[] bytes, int pictures) {}
