package io.strider.benchmark;

/** What all engines are asked for in one round. */
record Workload(Pass pass, Shape shape, int batch, int threads) {
    double flops() {
        return shape.flops(batch);
    }

    /** The shape of what is computed: y, gx or gw. */
    long[] resultShape() {
        return switch (pass) {
            case FORWARD -> shape.outputShape(batch);
            case DATA -> shape.inputShape(batch);
            case WEIGHTS -> shape.weightShape();
        };
    }

    @Override
    public String toString() {
        return "%s %s batch %d threads %d".formatted(pass.text(), shape.name(), batch, threads);
    }
}
