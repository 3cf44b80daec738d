package io.strider.server.load;

/**
 * What became of a request.
 *
 * @param status the answer's, or 0 if there was none
 * @param words why there was none, or what an answer other than 200 says
 */
record LoadOutcome(int status, String words) {
    private static final int OK = 200;
    private static final int TOO_MANY_REQUESTS = 429;

    static LoadOutcome answered(HttpAnswer answer) {
        return new LoadOutcome(answer.status(), answer.body());
    }

    static LoadOutcome failed(String reason) {
        return new LoadOutcome(0, reason);
    }

    boolean isAccepted() {
        return status == OK;
    }

    /** There was no room for it: the only answer but 200 that a server under load may give. */
    boolean isRefused() {
        return status == TOO_MANY_REQUESTS;
    }
}
