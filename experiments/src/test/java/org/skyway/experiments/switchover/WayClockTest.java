package org.skyway.experiments.switchover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class WayClockTest {
    private static long now() throws InterruptedException {
        Thread.sleep(1);
        long now = System.nanoTime();
        Thread.sleep(1);
        return now;
    }

    @Test
    void packetsAreJudgedByTheTimeAtWhichTheyWereSent() throws InterruptedException {
        WayClock clock = new WayClock(3);
        assertEquals(WayClock.Judgement.EITHER, clock.judge(now(), 0));
        clock.ask(0);
        final long first = now();
        assertEquals(WayClock.Judgement.LATER, clock.judge(first, 0));
        clock.reply();
        assertEquals(WayClock.Judgement.EITHER, clock.judge(first, 0));
        final long second = now();
        assertEquals(WayClock.Judgement.RIGHT, clock.judge(second, 0));
        assertEquals(WayClock.Judgement.WRONG, clock.judge(second, 1));
        clock.ask(1);
        final long third = now();
        assertEquals(WayClock.Judgement.LATER, clock.judge(third, 1));
        assertEquals(WayClock.Judgement.RIGHT, clock.judge(second, 0));
        assertEquals(WayClock.Judgement.EITHER, clock.judge(second, 1), "it lay in a queue");
        clock.reply();
        final long fourth = now();
        assertEquals(WayClock.Judgement.WRONG, clock.judge(fourth, 0), "sent after the reply");
        assertEquals(WayClock.Judgement.RIGHT, clock.judge(fourth, 1));
        assertEquals(WayClock.Judgement.EITHER, clock.judge(third, 0));
        assertEquals(WayClock.Judgement.RIGHT, clock.judge(second, 0));
        assertEquals(WayClock.Judgement.EITHER, clock.judge(first, 1));
    }
}
