package io.strider.ops;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Exponentials} with the Vector API. Written out in each loop: vectors that pass through
 * calls would be put on the heap wherever the compiler does not inline them.
 *
 * <p>The exponentials go two vectors at a time. That hides latencies, and it makes the methods too
 * large to be inlined themselves: where C2 inlined them into a caller it ran out of its budget,
 * left vectors on the heap, and the whole took ten times as long.
 *
 * <p>The last vectors may reach beyond the count; what stands there is scratch.
 */
final class VectorExponentials implements Exponentials {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);

    private static FloatVector broadcast(float value) {
        return FloatVector.broadcast(S, value);
    }

    @Override
    public void exp(float[] x, int count) {
        for (int k = 0; k < count; k += 2 * LANES) {
            FloatVector v0 = FloatVector.fromArray(S, x, k).max(LEAST).min(GREATEST);
            FloatVector v1 = FloatVector.fromArray(S, x, k + LANES).max(LEAST).min(GREATEST);
            FloatVector shifted0 = v0.fma(broadcast(INVERSE_LOG_2), broadcast(ROUNDER));
            FloatVector shifted1 = v1.fma(broadcast(INVERSE_LOG_2), broadcast(ROUNDER));
            FloatVector n0 = shifted0.sub(ROUNDER);
            FloatVector n1 = shifted1.sub(ROUNDER);
            FloatVector r0 = n0.fma(broadcast(-LOG_2_LOW), n0.fma(broadcast(-LOG_2_HIGH), v0));
            FloatVector r1 = n1.fma(broadcast(-LOG_2_LOW), n1.fma(broadcast(-LOG_2_HIGH), v1));
            FloatVector q0 = broadcast(Q5).fma(r0, broadcast(Q4)).fma(r0, broadcast(Q3));
            FloatVector q1 = broadcast(Q5).fma(r1, broadcast(Q4)).fma(r1, broadcast(Q3));
            q0 = q0.fma(r0, broadcast(Q2)).fma(r0, broadcast(Q1)).fma(r0, broadcast(Q0));
            q1 = q1.fma(r1, broadcast(Q2)).fma(r1, broadcast(Q1)).fma(r1, broadcast(Q0));
            FloatVector p0 = q0.fma(r0.mul(r0), r0).add(1);
            FloatVector p1 = q1.fma(r1.mul(r1), r1).add(1);
            IntVector power0 = shifted0.reinterpretAsInts().sub(ROUNDER_BITS);
            IntVector power1 = shifted1.reinterpretAsInts().sub(ROUNDER_BITS);
            IntVector half0 = power0.lanewise(VectorOperators.ASHR, 1);
            IntVector half1 = power1.lanewise(VectorOperators.ASHR, 1);
            IntVector rest0 = power0.sub(half0).add(127).lanewise(VectorOperators.LSHL, 23);
            IntVector rest1 = power1.sub(half1).add(127).lanewise(VectorOperators.LSHL, 23);
            half0 = half0.add(127).lanewise(VectorOperators.LSHL, 23);
            half1 = half1.add(127).lanewise(VectorOperators.LSHL, 23);
            p0.mul(half0.reinterpretAsFloats()).mul(rest0.reinterpretAsFloats()).intoArray(x, k);
            p1.mul(half1.reinterpretAsFloats())
                    .mul(rest1.reinterpretAsFloats())
                    .intoArray(x, k + LANES);
        }
    }

    @Override
    public void expm1(float[] x, int count) {
        for (int k = 0; k < count; k += 2 * LANES) {
            FloatVector v0 = FloatVector.fromArray(S, x, k).max(LEAST / 2);
            FloatVector v1 = FloatVector.fromArray(S, x, k + LANES).max(LEAST / 2);
            FloatVector shifted0 = v0.fma(broadcast(INVERSE_LOG_2), broadcast(ROUNDER));
            FloatVector shifted1 = v1.fma(broadcast(INVERSE_LOG_2), broadcast(ROUNDER));
            FloatVector n0 = shifted0.sub(ROUNDER);
            FloatVector n1 = shifted1.sub(ROUNDER);
            FloatVector r0 = n0.fma(broadcast(-LOG_2_LOW), n0.fma(broadcast(-LOG_2_HIGH), v0));
            FloatVector r1 = n1.fma(broadcast(-LOG_2_LOW), n1.fma(broadcast(-LOG_2_HIGH), v1));
            FloatVector q0 = broadcast(Q5).fma(r0, broadcast(Q4)).fma(r0, broadcast(Q3));
            FloatVector q1 = broadcast(Q5).fma(r1, broadcast(Q4)).fma(r1, broadcast(Q3));
            q0 = q0.fma(r0, broadcast(Q2)).fma(r0, broadcast(Q1)).fma(r0, broadcast(Q0));
            q1 = q1.fma(r1, broadcast(Q2)).fma(r1, broadcast(Q1)).fma(r1, broadcast(Q0));
            FloatVector p0 = q0.fma(r0.mul(r0), r0);
            FloatVector p1 = q1.fma(r1.mul(r1), r1);
            IntVector power0 = shifted0.reinterpretAsInts().sub(ROUNDER_BITS - 127);
            IntVector power1 = shifted1.reinterpretAsInts().sub(ROUNDER_BITS - 127);
            FloatVector scale0 = power0.lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector scale1 = power1.lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            scale0.fma(p0, scale0.sub(1)).intoArray(x, k);
            scale1.fma(p1, scale1.sub(1)).intoArray(x, k + LANES);
        }
    }

    @Override
    public void erf(float[] x, float[] scratch, int count) {
        exponents(x, scratch, count);
        exp(scratch, count);
        choose(x, scratch, count);
    }

    /** log(1 − erf|x|). */
    private static void exponents(float[] x, float[] to, int count) {
        for (int k = 0; k < count; k += LANES) {
            FloatVector v = FloatVector.fromArray(S, x, k).abs().min(ERF_END);
            FloatVector g = broadcast(G6).fma(v, broadcast(G5)).fma(v, broadcast(G4));
            g = g.fma(v, broadcast(G3)).fma(v, broadcast(G2)).fma(v, broadcast(G1));
            g.fma(v, broadcast(G0)).neg().intoArray(to, k);
        }
    }

    /** The polynomial where x is small, elsewhere 1 less the complement, with x's sign. */
    private static void choose(float[] x, float[] complements, int count) {
        for (int k = 0; k < count; k += LANES) {
            FloatVector v = FloatVector.fromArray(S, x, k);
            FloatVector s = v.mul(v);
            FloatVector p = broadcast(P6).fma(s, broadcast(P5)).fma(s, broadcast(P4));
            p = p.fma(s, broadcast(P3)).fma(s, broadcast(P2)).fma(s, broadcast(P1));
            p = p.fma(s, broadcast(P0)).mul(v);
            FloatVector large = broadcast(1).sub(FloatVector.fromArray(S, complements, k));
            FloatVector signed = large.blend(large.neg(), v.lt(0));
            signed.blend(p, v.abs().lt(ERF_LARGE)).intoArray(x, k);
        }
    }
}
