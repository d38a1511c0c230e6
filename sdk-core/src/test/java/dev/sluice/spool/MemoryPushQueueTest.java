package dev.sluice.spool;

import java.time.Clock;

class MemoryPushQueueTest extends PushQueueTest {
    @Override
    PushQueue open(Clock time) {
        return new MemoryPushQueue(time);
    }
}
