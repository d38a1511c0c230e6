package dev.sluice;

import java.util.Set;

/** One client, a random program that uses it, and the checks after each step. */
final class ModelRun {
    private final ModelWorld world;
    private final ModelLake lake;
    private final ModelChecks checks;
    private final ModelProgram program;

    ModelRun(int seed) {
        this.world = new ModelWorld(seed);
        this.lake = new ModelLake(world);
        this.checks = new ModelChecks(world);
        this.program = new ModelProgram(world, lake, checks);
    }

    /** At most so many steps, the end of the client after them; the result is how many there were. */
    int run(int atMost) {
        int count = 0;
        while (count < atMost && !program.isClosed()) {
            program.step();
            count++;
            check();
        }
        if (!program.isClosed()) {
            program.close();
            check();
        }
        lake.landAll(this::check);
        checks.finalCheck();
        return count;
    }

    String lastSteps() {
        return world.lastSteps();
    }

    Set<String> corners() {
        return world.ledger.corners;
    }

    @Override
    public String toString() {
        return world.client.ledger() + ", " + world.client.pendingBytes() + " bytes, " + lake.inFlight() + " in flight";
    }

    private void check() {
        lake.waitsAnew();
        checks.check();
    }
}
