package dev.sluice.spool;

class MemorySpoolTest extends SpoolContract {
    @Override
    Spool open(long maxBytes) {
        return new MemorySpool(maxBytes, clock);
    }
}
