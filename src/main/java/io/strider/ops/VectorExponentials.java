package io.strider.ops;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Exponentials} with the Vector API. Written out in each loop: vectors that pass through
 * calls would be put on the heap wherever the compiler does not inline them.
 *
 * <p>The last vector may reach beyond the count; what stands there is scratch.
 */
final class VectorExponentials implements Exponentials {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);

    @Override
    public void exp(float[] x, int count) {
        for (int k = 0; k < count; k += LANES) {
            FloatVector v = FloatVector.fromArray(S, x, k).max(LEAST).min(GREATEST);
            FloatVector shifted = v.fma(broadcast(INVERSE_LOG_2), broadcast(ROUNDER));
            FloatVector n = shifted.sub(ROUNDER);
            FloatVector r = n.fma(broadcast(-LOG_2_LOW), n.fma(broadcast(-LOG_2_HIGH), v));
            FloatVector q = broadcast(Q5).fma(r, broadcast(Q4));
            q = q.fma(r, broadcast(Q3)).fma(r, broadcast(Q2)).fma(r, broadcast(Q1));
            FloatVector p = q.fma(r, broadcast(Q0)).fma(r.mul(r), r);
            IntVector power = shifted.reinterpretAsInts().sub(ROUNDER_BITS);
            IntVector half = power.lanewise(VectorOperators.ASHR, 1);
            FloatVector low =
                    half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector high =
                    power.sub(half)
                            .add(127)
                            .lanewise(VectorOperators.LSHL, 23)
                            .reinterpretAsFloats();
            p.add(1).mul(low).mul(high).intoArray(x, k);
        }
    }

    private static FloatVector broadcast(float value) {
        return FloatVector.broadcast(S, value);
    }

    @Override
    public void expm1(float[] x, int count) {
        for (int k = 0; k < count; k += LANES) {
            FloatVector v = FloatVector.fromArray(S, x, k).max(LEAST / 2);
            FloatVector shifted = v.fma(broadcast(INVERSE_LOG_2), broadcast(ROUNDER));
            FloatVector n = shifted.sub(ROUNDER);
            FloatVector r = n.fma(broadcast(-LOG_2_LOW), n.fma(broadcast(-LOG_2_HIGH), v));
            FloatVector q = broadcast(Q5).fma(r, broadcast(Q4));
            q = q.fma(r, broadcast(Q3)).fma(r, broadcast(Q2)).fma(r, broadcast(Q1));
            FloatVector p = q.fma(r, broadcast(Q0)).fma(r.mul(r), r);
            FloatVector scale =
                    shifted.reinterpretAsInts()
                            .sub(ROUNDER_BITS - 127)
                            .lanewise(VectorOperators.LSHL, 23)
                            .reinterpretAsFloats();
            scale.fma(p, scale.sub(1)).intoArray(x, k);
        }
    }

    @Override
    public void erf(float[] x, float[] scratch, int count) {
        for (int k = 0; k < count; k += LANES) {
            FloatVector v = FloatVector.fromArray(S, x, k).abs().min(ERF_END);
            FloatVector g = broadcast(G6).fma(v, broadcast(G5)).fma(v, broadcast(G4));
            g = g.fma(v, broadcast(G3)).fma(v, broadcast(G2)).fma(v, broadcast(G1));
            g.fma(v, broadcast(G0)).neg().intoArray(scratch, k);
        }
        exp(scratch, count);
        for (int k = 0; k < count; k += LANES) {
            FloatVector v = FloatVector.fromArray(S, x, k);
            FloatVector s = v.mul(v);
            FloatVector p = broadcast(P6).fma(s, broadcast(P5)).fma(s, broadcast(P4));
            p = p.fma(s, broadcast(P3)).fma(s, broadcast(P2)).fma(s, broadcast(P1));
            p = p.fma(s, broadcast(P0)).mul(v);
            FloatVector large = broadcast(1).sub(FloatVector.fromArray(S, scratch, k));
            FloatVector signed = large.blend(large.neg(), v.lt(0));
            signed.blend(p, v.abs().lt(ERF_LARGE)).intoArray(x, k);
        }
    }
}
