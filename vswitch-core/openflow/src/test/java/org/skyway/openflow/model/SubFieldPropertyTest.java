package org.skyway.openflow.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Parts of fields beside the same arithmetic on numbers of any size.
class SubFieldPropertyTest {
    private static BigInteger number(long high, long low) {
        return new BigInteger(Long.toUnsignedString(high))
                .shiftLeft(64)
                .or(new BigInteger(Long.toUnsignedString(low)));
    }

    private static BigInteger ones(int bits) {
        return BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);
    }

    private static BigInteger of(Field f, long[] key) {
        BigInteger value = number(f.getHigh(key), f.get(key));
        return f == Field.IP_TOS ? value.and(BigInteger.valueOf(0xfc)) : value;
    }

    @Test
    void partsAreReadAndPlacedAsNumbersOfAnySizeAre() {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("SubFieldPropertyTest: -Dskyway.seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 50_000; i++) {
            Field f = Field.values()[random.nextInt(Field.values().length)];
            int offset = random.nextInt(f.width());
            SubField part = new SubField(f, offset, 1 + random.nextInt(f.width() - offset));
            long[] key = random.longs(FlowKey.WORDS).toArray();
            BigInteger ones = ones(part.bits());
            String what = part.toString();
            assertEquals(
                    of(f, key).shiftRight(offset).and(ones),
                    number(part.getHigh(key), part.get(key)),
                    what);
            BigInteger mask = ones.shiftLeft(offset);
            assertEquals(mask, number(part.maskHigh(), part.maskLow()), what);
            long high = random.nextLong();
            long low = random.nextLong();
            assertEquals(
                    number(high, low).shiftLeft(offset).and(mask),
                    number(part.placeHigh(high, low), part.placeLow(low)),
                    what);
        }
    }
}
