package dev.sluice.jdbc;

import dev.sluice.jdbc.dialect.Finding;
import dev.sluice.jdbc.dialect.Finding.Severity;
import dev.sluice.row.SluiceException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** Collects what is found about one table; a check that fails becomes a finding itself. */
final class CheckFindings {
    private final String table;
    private final Predicate<SQLException> denied;
    private final List<Finding> all = new ArrayList<>();

    /**
     * None yet.
     *
     * @param table as the plan names it
     * @param denied whether the database said that this user may not
     */
    CheckFindings(String table, Predicate<SQLException> denied) {
        this.table = table;
        this.denied = denied;
    }

    void error(FindingCode code, String sentence, String remedy) {
        add(code, Severity.ERROR, sentence, remedy);
    }

    void warning(FindingCode code, String sentence, String remedy) {
        add(code, Severity.WARNING, sentence, remedy);
    }

    void info(FindingCode code, String sentence, String remedy) {
        add(code, Severity.INFO, sentence, remedy);
    }

    void add(FindingCode code, Severity severity, String sentence, String remedy) {
        all.add(new Finding(code.name(), severity, table, sentence, remedy));
    }

    /** What the library says in a sentence that ends in what to do, behind its first colon. */
    void told(FindingCode code, Severity severity, String text) {
        int end = text.indexOf(": ");
        String remedy = end < 0 ? "see to it and check again" : text.substring(end + 2);
        add(code, severity, end < 0 ? text : text.substring(0, end), remedy);
    }

    boolean has(FindingCode code) {
        return all.stream().anyMatch(finding -> finding.code().equals(code.name()));
    }

    /**
     * Makes a check, whose failure does not keep the others from being made.
     *
     * @param what is looked at, as a noun
     */
    void check(String what, Runnable check) {
        try {
            check.run();
        } catch (RuntimeException e) {
            if (e.getCause() instanceof SQLException problem && denied.test(problem)) {
                denied(e);
            } else {
                // Of other libraries' words nobody knows whether they quote a row.
                String why = e instanceof SluiceException
                        ? e.getMessage()
                        : e.getClass().getName();
                warning(
                        FindingCode.CHECK_FAILED,
                        "the check of " + what + " was not made, " + why,
                        "mend that and check again; the other checks were made");
            }
        }
    }

    /** Once: what one statement may not read, the next may not either. */
    private void denied(RuntimeException e) {
        if (!has(FindingCode.NO_PRIVILEGE)) {
            error(
                    FindingCode.NO_PRIVILEGE,
                    String.valueOf(e.getMessage()),
                    "GRANT SELECT on it, and USAGE on its schema, to this user");
        }
    }

    /** The worst first, and otherwise in the order in which they were found. */
    List<Finding> sorted() {
        return all.stream()
                .sorted(Comparator.comparing(Finding::severity).reversed())
                .toList();
    }
}
