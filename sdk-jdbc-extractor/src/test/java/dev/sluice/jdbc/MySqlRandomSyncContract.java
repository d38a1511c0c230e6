package dev.sluice.jdbc;

import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.source.TablePlan;
import java.time.Duration;
import java.time.ZoneId;
import java.util.concurrent.locks.LockSupport;

/**
 * The same, so slowly that the horizon, which stays two seconds behind, comes past most rows while others are still
 * written.
 */
abstract class MySqlRandomSyncContract extends RandomSyncContract {
    @Override
    final Dialect dialect() {
        return Dialect.mysql();
    }

    @Override
    final String now() {
        return "NOW(6)";
    }

    @Override
    final String settle() {
        return "SELECT SLEEP(2.3)";
    }

    @Override
    final TablePlan zoned(TablePlan plan) {
        return plan.watermarkZone(ZoneId.of("+05:30"));
    }

    @Override
    final int steps() {
        return Integer.getInteger("sluice.random.paced-steps", 320);
    }

    @Override
    final int syncs() {
        return 6;
    }

    @Override
    final void pace() {
        LockSupport.parkNanos(Duration.ofMillis(12).toNanos());
    }
}
