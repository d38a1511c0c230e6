package dev.sluice.spool;

/** Says that there is none. */
final class Room {
    private Room() {}

    static SpoolException.Full none(Object where, long used, long more, long most) {
        return new SpoolException.Full(
                where + " has " + used + " bytes of rows, " + more + " more do not fit in its bound of " + most
                        + ": it empties as rows are delivered and dead letters removed. See why they are not, or raise"
                        + " the bound",
                null);
    }
}
