package dev.sluice.sync;

/** What the process says at its end to the shell, cron or orchestrator that started it. */
final class Status {
    /** Everything was delivered, or the command did what was asked. */
    static final int DELIVERED = 0;

    /** Something was not delivered, or cannot be. */
    static final int NOT_DELIVERED = 1;

    /** The command or the configuration is wrong: nothing was tried. */
    static final int WRONG_USAGE = 2;

    private Status() {}
}
