package dev.sluice.row;

/** A row that cannot be encoded or breaks a limit of the API; nothing of its push was sent. */
public final class InvalidRowException extends SluiceException {
    private static final long serialVersionUID = 1L;

    private final int index;
    private final String path;
    private final String problem;

    private InvalidRowException(int index, String path, String problem) {
        super(sentence(index, path, problem));
        this.index = index;
        this.path = path;
        this.problem = problem;
    }

    /**
     * A problem with the row whose place among its fellows is not known yet.
     *
     * @param path the field at fault, such as {@code address.lines[2]}; empty for the row as a whole
     * @param problem what is wrong, with numbers, without the value
     */
    public static InvalidRowException at(String path, String problem) {
        return new InvalidRowException(-1, path, problem);
    }

    /** The same problem, with the row's place counted from 0. */
    public InvalidRowException inRow(int row) {
        return new InvalidRowException(row, path, problem);
    }

    /** The same problem, seen from outside the field or the place in an array, such as {@code [2]}, that it is in. */
    InvalidRowException within(String outer) {
        boolean joined = outer.isEmpty() || path.isEmpty() || path.startsWith("[");
        return new InvalidRowException(index, joined ? outer + path : outer + "." + path, problem);
    }

    /** The row's place among those handed in, counted from 0; -1 when the row stood alone. */
    public int index() {
        return index;
    }

    /** The field at fault, such as {@code address.lines[2]}; empty for the row as a whole. */
    public String path() {
        return path;
    }

    private static String sentence(int index, String path, String problem) {
        String row = index < 0 ? "row" : "row " + index;
        return path.isEmpty() ? row + ": " + problem : row + ", field " + path + ": " + problem;
    }
}
