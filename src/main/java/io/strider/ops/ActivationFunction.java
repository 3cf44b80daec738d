package io.strider.ops;

import io.strider.tensor.ElementType;

/** The activations: functions of one number, some with parameters. */
public sealed interface ActivationFunction extends UnaryFunction {

    /** Those without parameters. */
    enum Plain implements ActivationFunction {
        /** max(x, 0); of signed whole numbers too. */
        RELU("Relu"),
        /** 1 / (1 + e^(−x)). */
        SIGMOID("Sigmoid"),
        /** (eˣ − e^(−x)) / (eˣ + e^(−x)). */
        TANH("Tanh"),
        /** log(1 + eˣ). */
        SOFTPLUS("Softplus"),
        /** x / (1 + |x|). */
        SOFTSIGN("Softsign"),
        /** x · min(max(x + 3, 0), 6) / 6. */
        HARD_SWISH("HardSwish"),
        /** x · tanh(log(1 + eˣ)). */
        MISH("Mish"),
        /** x · (1 + erf(x / √2)) / 2. */
        GELU("Gelu"),
        /** x · (1 + tanh(√(2/π) · (x + 0.044715·x³))) / 2. */
        GELU_BY_TANH("Gelu");

        private final String label;

        Plain(String label) {
            this.label = label;
        }

        @Override
        public String label() {
            return label;
        }

        @Override
        public boolean accepts(ElementType type) {
            return type.isFloating() || (this == RELU && type.isInteger() && !type.isUnsigned());
        }

        @Override
        public double apply(double x) {
            return switch (this) {
                case RELU -> Math.max(x, 0);
                case SIGMOID -> sigmoid(x);
                case TANH -> Math.tanh(x);
                case SOFTPLUS -> softplus(x);
                case SOFTSIGN -> x / (1 + Math.abs(x));
                case HARD_SWISH -> x * Math.clamp(x / 6 + 0.5, 0.0, 1.0);
                case MISH -> x * Math.tanh(softplus(x));
                case GELU -> x * 0.5 * (1 + ErrorFunction.erf(x * Math.sqrt(0.5)));
                case GELU_BY_TANH ->
                        x * 0.5 * (1 + Math.tanh(GELU_SLOPE * (x + GELU_CUBE * x * x * x)));
            };
        }

        @Override
        public long apply(long x, ElementType type) {
            return this == RELU ? Math.max(x, 0) : ActivationFunction.super.apply(x, type);
        }
    }

    /** √(2/π), of {@link Plain#GELU_BY_TANH}. */
    double GELU_SLOPE = Math.sqrt(2 / Math.PI);

    /** The factor of x³ in {@link Plain#GELU_BY_TANH}. */
    double GELU_CUBE = 0.044715;

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** Without overflow for large x and without losing small results. */
    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    /**
     * x where it is not below zero, alpha · x elsewhere.
     *
     * @param alpha the slope below zero
     */
    record LeakyRelu(float alpha) implements ActivationFunction {
        @Override
        public String label() {
            return "LeakyRelu";
        }

        @Override
        public double apply(double x) {
            return x < 0 ? alpha * x : x;
        }
    }

    /**
     * gamma · x above zero, gamma · alpha · (e^(x / width) − 1) elsewhere: Elu, Selu and Celu.
     *
     * @param label which of them it is called
     * @param alpha the limit towards −∞, before gamma
     * @param gamma a factor of everything
     * @param width what x is divided by below zero
     */
    record ExponentialLinear(String label, float alpha, float gamma, float width)
            implements ActivationFunction {
        @Override
        public double apply(double x) {
            return x > 0 ? gamma * x : gamma * (alpha * Math.expm1(x / width));
        }
    }

    /**
     * min(max(alpha · x + beta, 0), 1).
     *
     * @param alpha the slope
     * @param beta the value at zero
     */
    record HardSigmoid(float alpha, float beta) implements ActivationFunction {
        @Override
        public String label() {
            return "HardSigmoid";
        }

        @Override
        public double apply(double x) {
            return Math.clamp(alpha * x + beta, 0.0, 1.0);
        }
    }

    /**
     * x / (1 + e^(−alpha·x)), also called SiLU where alpha is 1.
     *
     * @param alpha the steepness
     */
    record Swish(float alpha) implements ActivationFunction {
        @Override
        public String label() {
            return "Swish";
        }

        @Override
        public double apply(double x) {
            return x * sigmoid(alpha * x);
        }
    }

    /**
     * x above a threshold, 0 elsewhere and for NaN.
     *
     * @param alpha the threshold
     */
    record ThresholdedRelu(float alpha) implements ActivationFunction {
        @Override
        public String label() {
            return "ThresholdedRelu";
        }

        @Override
        public double apply(double x) {
            return x > alpha ? x : 0;
        }
    }

    /**
     * x − bias above lambda, x + bias below −lambda, 0 elsewhere and for NaN.
     *
     * @param lambda half the width of what becomes zero
     * @param bias what the rest is moved towards zero by
     */
    record Shrink(float lambda, float bias) implements ActivationFunction {
        @Override
        public String label() {
            return "Shrink";
        }

        @Override
        public double apply(double x) {
            return x < -lambda ? x + bias : x > lambda ? x - bias : 0;
        }
    }

    /**
     * min(max(x, low), high).
     *
     * @param low −∞ for none
     * @param high +∞ for none; the result where low is above it
     */
    record Clamp(float low, float high) implements ActivationFunction {
        @Override
        public String label() {
            return "Clip";
        }

        @Override
        public double apply(double x) {
            return Math.min(Math.max(x, low), high);
        }
    }
}
