package io.strider.ops;

/** The quick float32 form of each {@link UnaryFunction} and {@link BinaryFunction}. */
final class BlockFunctions {
    private static final Exponentials BEST = Exponentials.best();

    private final Exponentials exponentials;

    /** By some exponentials. */
    BlockFunctions(Exponentials exponentials) {
        this.exponentials = exponentials;
    }

    /** By the quickest exponentials. */
    static BlockFunctions best() {
        return new BlockFunctions(BEST);
    }

    /** Of one operand; block 1 is scratch. */
    BlockFunction of(UnaryFunction function) {
        return switch (function) {
            case ElementaryFunction elementary -> elementary(elementary);
            case ActivationFunction.Plain plain -> plain(plain);
            case ActivationFunction.LeakyRelu leaky when Float.isFinite(leaky.alpha()) ->
                    leakyRelu(leaky.alpha());
            case ActivationFunction.ExponentialLinear linear when linear.width() > 0 ->
                    exponentialLinear(linear.alpha(), linear.gamma(), linear.width());
            case ActivationFunction.HardSigmoid hard -> hardSigmoid(hard.alpha(), hard.beta());
            case ActivationFunction.Swish swish -> swish(swish.alpha());
            case ActivationFunction.Clamp clamp -> clamp(clamp.low(), clamp.high());
            default -> oneByOne(function);
        };
    }

    /** In double, rounded. */
    private static BlockFunction oneByOne(UnaryFunction function) {
        return (blocks, count) -> {
            float[] x = blocks[0];
            for (int k = 0; k < count; k++) {
                x[k] = (float) function.apply(x[k]);
            }
        };
    }

    private BlockFunction elementary(ElementaryFunction function) {
        return switch (function) {
            case EXP -> (blocks, count) -> exponentials.exp(blocks[0], count);
            case ERF -> (blocks, count) -> exponentials.erf(blocks[0], blocks[1], count);
            case ABS ->
                    (blocks, count) -> {
                        float[] x = blocks[0];
                        for (int k = 0; k < count; k++) {
                            x[k] = Math.abs(x[k]);
                        }
                    };
            case NEG ->
                    (blocks, count) -> {
                        float[] x = blocks[0];
                        for (int k = 0; k < count; k++) {
                            x[k] = -x[k];
                        }
                    };
            case RECIPROCAL ->
                    (blocks, count) -> {
                        float[] x = blocks[0];
                        for (int k = 0; k < count; k++) {
                            x[k] = 1 / x[k];
                        }
                    };
            case SQRT ->
                    (blocks, count) -> {
                        float[] x = blocks[0];
                        for (int k = 0; k < count; k++) {
                            x[k] = (float) Math.sqrt(x[k]);
                        }
                    };
            default -> oneByOne(function);
        };
    }

    private BlockFunction plain(ActivationFunction.Plain function) {
        return switch (function) {
            case RELU -> clamp(0, Float.POSITIVE_INFINITY);
            case SIGMOID -> this::sigmoid;
            case TANH -> this::tanh;
            case SOFTPLUS -> this::softplus;
            case SOFTSIGN ->
                    (blocks, count) -> {
                        float[] x = blocks[0];
                        for (int k = 0; k < count; k++) {
                            x[k] = x[k] / (1 + Math.abs(x[k]));
                        }
                    };
            case HARD_SWISH ->
                    (blocks, count) -> {
                        float[] x = blocks[0];
                        for (int k = 0; k < count; k++) {
                            x[k] *= Math.min(Math.max(Math.fma(x[k], 1 / 6f, 0.5f), 0), 1);
                        }
                    };
            case MISH -> this::mish;
            case GELU -> this::gelu;
            case GELU_BY_TANH -> this::geluByTanh;
        };
    }

    private static BlockFunction clamp(float low, float high) {
        return (blocks, count) -> {
            float[] x = blocks[0];
            for (int k = 0; k < count; k++) {
                x[k] = Math.min(Math.max(x[k], low), high);
            }
        };
    }

    /** One of the two terms is 0. */
    private static BlockFunction leakyRelu(float alpha) {
        return (blocks, count) -> {
            float[] x = blocks[0];
            for (int k = 0; k < count; k++) {
                x[k] = Math.max(x[k], 0) + alpha * Math.min(x[k], 0);
            }
        };
    }

    private BlockFunction exponentialLinear(float alpha, float gamma, float width) {
        return (blocks, count) -> {
            float[] x = blocks[0];
            float[] below = blocks[1];
            for (int k = 0; k < count; k++) {
                below[k] = Math.min(x[k], 0) / width;
            }
            exponentials.expm1(below, count);
            for (int k = 0; k < count; k++) {
                x[k] = gamma * (Math.max(x[k], 0) + alpha * below[k]);
            }
        };
    }

    private static BlockFunction hardSigmoid(float alpha, float beta) {
        return (blocks, count) -> {
            float[] x = blocks[0];
            for (int k = 0; k < count; k++) {
                x[k] = Math.min(Math.max(Math.fma(x[k], alpha, beta), 0), 1);
            }
        };
    }

    private void sigmoid(float[][] blocks, int count) {
        float[] x = blocks[0];
        for (int k = 0; k < count; k++) {
            x[k] = -x[k];
        }
        exponentials.exp(x, count);
        for (int k = 0; k < count; k++) {
            x[k] = 1 / (1 + x[k]);
        }
    }

    private BlockFunction swish(float alpha) {
        return (blocks, count) -> {
            float[] x = blocks[0];
            float[] e = blocks[1];
            for (int k = 0; k < count; k++) {
                e[k] = -alpha * x[k];
            }
            exponentials.exp(e, count);
            for (int k = 0; k < count; k++) {
                x[k] /= 1 + e[k];
            }
        };
    }

    /** m / (m + 2) with m = e^(2x) − 1; beyond ±10 it is ±1 in float32. */
    private void tanh(float[][] blocks, int count) {
        float[] x = blocks[0];
        for (int k = 0; k < count; k++) {
            x[k] = 2 * Math.min(Math.max(x[k], -10), 10);
        }
        exponentials.expm1(x, count);
        for (int k = 0; k < count; k++) {
            x[k] /= x[k] + 2;
        }
    }

    private void softplus(float[][] blocks, int count) {
        float[] x = blocks[0];
        float[] e = blocks[1];
        for (int k = 0; k < count; k++) {
            e[k] = -Math.abs(x[k]);
        }
        exponentials.exp(e, count);
        for (int k = 0; k < count; k++) {
            x[k] = Math.max(x[k], 0) + (float) Math.log1p(e[k]);
        }
    }

    /** tanh(log(1 + e)) = n / (n + 2) with n = e·(e + 2); beyond 20 it is 1 in float32. */
    private void mish(float[][] blocks, int count) {
        float[] x = blocks[0];
        float[] e = blocks[1];
        for (int k = 0; k < count; k++) {
            e[k] = Math.min(x[k], 20);
        }
        exponentials.exp(e, count);
        for (int k = 0; k < count; k++) {
            float n = e[k] * (e[k] + 2);
            x[k] = x[k] * (n / (n + 2));
        }
    }

    private void gelu(float[][] blocks, int count) {
        float[] x = blocks[0];
        float[] error = blocks[1];
        float root = (float) Math.sqrt(0.5);
        for (int k = 0; k < count; k++) {
            error[k] = x[k] * root;
        }
        exponentials.erf(error, blocks[2], count);
        for (int k = 0; k < count; k++) {
            x[k] = x[k] * 0.5f * (1 + error[k]);
        }
    }

    /** (1 + tanh(u)) / 2 = 1 / (1 + e^(−2u)). */
    private void geluByTanh(float[][] blocks, int count) {
        float[] x = blocks[0];
        float[] e = blocks[1];
        float slope = (float) (-2 * ActivationFunction.GELU_SLOPE);
        float cube = (float) (-2 * ActivationFunction.GELU_SLOPE * ActivationFunction.GELU_CUBE);
        for (int k = 0; k < count; k++) {
            e[k] = x[k] * (slope + cube * x[k] * x[k]);
        }
        exponentials.exp(e, count);
        for (int k = 0; k < count; k++) {
            x[k] /= 1 + e[k];
        }
    }

    /** Of two operands, in blocks 0 and 1. */
    static BlockFunction of(BinaryFunction function) {
        return switch (function) {
            case ADD ->
                    (blocks, count) -> {
                        float[] a = blocks[0];
                        float[] b = blocks[1];
                        for (int k = 0; k < count; k++) {
                            a[k] += b[k];
                        }
                    };
            case SUBTRACT ->
                    (blocks, count) -> {
                        float[] a = blocks[0];
                        float[] b = blocks[1];
                        for (int k = 0; k < count; k++) {
                            a[k] -= b[k];
                        }
                    };
            case MULTIPLY ->
                    (blocks, count) -> {
                        float[] a = blocks[0];
                        float[] b = blocks[1];
                        for (int k = 0; k < count; k++) {
                            a[k] *= b[k];
                        }
                    };
            case DIVIDE ->
                    (blocks, count) -> {
                        float[] a = blocks[0];
                        float[] b = blocks[1];
                        for (int k = 0; k < count; k++) {
                            a[k] /= b[k];
                        }
                    };
            case MINIMUM ->
                    (blocks, count) -> {
                        float[] a = blocks[0];
                        float[] b = blocks[1];
                        for (int k = 0; k < count; k++) {
                            a[k] = Math.min(a[k], b[k]);
                        }
                    };
            case MAXIMUM ->
                    (blocks, count) -> {
                        float[] a = blocks[0];
                        float[] b = blocks[1];
                        for (int k = 0; k < count; k++) {
                            a[k] = Math.max(a[k], b[k]);
                        }
                    };
            case PARAMETRIC_RELU ->
                    (blocks, count) -> {
                        float[] a = blocks[0];
                        float[] b = blocks[1];
                        for (int k = 0; k < count; k++) {
                            a[k] = a[k] < 0 ? a[k] * b[k] : a[k];
                        }
                    };
            default ->
                    (blocks, count) -> {
                        float[] a = blocks[0];
                        float[] b = blocks[1];
                        for (int k = 0; k < count; k++) {
                            a[k] = (float) function.apply(a[k], b[k]);
                        }
                    };
        };
    }

    /** min(max(a · b + c, low), high) of three operands. */
    static BlockFunction affine(float low, float high) {
        return (blocks, count) -> {
            float[] a = blocks[0];
            float[] b = blocks[1];
            float[] c = blocks[2];
            for (int k = 0; k < count; k++) {
                a[k] = Math.min(Math.max(Math.fma(a[k], b[k], c[k]), low), high);
            }
        };
    }
}
