package io.strider.server.load;

/** What requests look like. */
public enum LoadProtocol {
    /** {@code POST /embed}: one picture as it is, several as a form of files. */
    EMBED,
    /** {@code POST /v1/embeddings}, as OpenAI's clients ask: pictures in base64 in JSON. */
    OPENAI,
    /** {@code POST /v2/models/…/infer} of the Open Inference Protocol: tensors in binary. */
    INFER
}
