package dev.sluice.spool;

import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.receipt.DeadLetterStoreContract;

class MemorySpoolDeadLettersTest extends DeadLetterStoreContract {
    @Override
    protected DeadLetterStore empty() {
        return Spool.inMemory().deadLetters();
    }
}
