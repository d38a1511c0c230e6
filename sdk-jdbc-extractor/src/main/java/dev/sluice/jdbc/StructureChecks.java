package dev.sluice.jdbc;

import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.Structure;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.jdbc.source.TableProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Judges a table by what the catalogue says: its indexes, and what sets its watermark. Looks at no row. */
final class StructureChecks {
    private final TablePlan plan;
    private final TableProbe probe;
    private final CheckFindings found;
    private final Dialect dialect;
    private final List<Column> key;

    StructureChecks(TablePlan plan, TableProbe probe, CheckFindings found, Dialect dialect) {
        this.plan = plan;
        this.probe = probe;
        this.found = found;
        this.dialect = dialect;
        this.key = probe.key();
    }

    void run() {
        order();
        found.check("indexes, defaults and triggers", () -> {
            Structure structure = probe.structure();
            // A view's indexes and triggers are those of other tables.
            if (!structure.isView()) {
                unique(structure);
                probe.watermark().ifPresent(watermark -> watermark(watermark, structure));
            }
        });
    }

    private void order() {
        List<Column> unordered =
                key.stream().filter(column -> !dialect.isOrdered(column)).toList();
        if (!unordered.isEmpty()) {
            found.error(
                    FindingCode.UNORDERED_KEY,
                    "rows cannot be put in an order by " + names(unordered) + ", whose type is "
                            + unordered.get(0).type(),
                    "choose other columns that tell rows apart");
        }
    }

    private void unique(Structure structure) {
        Set<String> names = key.stream().map(Column::name).collect(Collectors.toSet());
        boolean isUnique =
                structure.indexes().stream().anyMatch(index -> index.isUnique() && names.containsAll(index.columns()));
        if (key.size() == plan.key().size() && !isUnique) {
            found.warning(
                    FindingCode.KEY_NOT_UNIQUE,
                    "no unique index or primary key sees to it that " + names(key) + (key.size() == 1 ? " is" : " are")
                            + " unique",
                    "CREATE UNIQUE " + index("key", key) + ", or add a column to the key");
        }
    }

    private void watermark(Column watermark, Structure structure) {
        if (structure.indexes().stream().noneMatch(index -> index.beginsWith(watermark.name()))) {
            noIndex(watermark);
        }
        if (!structure.hasTriggers() && !structure.stamped().contains(watermark.name())) {
            found.info(
                    FindingCode.NO_STAMP_TRIGGER,
                    "no default and no trigger that this user can see sets " + watermark.name(),
                    "see that every writer sets it with every change, for changes that do not raise it are not synced");
        }
        long cache = structure.caches().getOrDefault(watermark.name(), 1L);
        if (cache > 1) {
            found.warning(
                    FindingCode.SEQUENCE_CACHE,
                    "each session takes " + cache + " values for " + watermark.name()
                            + " at a time, so that a low one may be committed long after a higher one was read, and be"
                            + " missed",
                    "ALTER SEQUENCE ... CACHE 1, or choose a column with the time of the change");
        }
    }

    private void noIndex(Column watermark) {
        List<Column> columns = new ArrayList<>(key);
        columns.remove(watermark);
        columns.add(0, watermark);
        found.warning(
                FindingCode.NO_WATERMARK_INDEX,
                "no index begins with " + watermark.name() + ", so that every page reads and sorts the whole table",
                "CREATE " + index("watermark", columns));
    }

    private static String names(List<Column> columns) {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    private String index(String purpose, List<Column> columns) {
        String quoted =
                columns.stream().map(column -> dialect.quote(column.name())).collect(Collectors.joining(", "));
        return "INDEX " + dialect.quote(probe.simpleName() + "_" + purpose) + " ON " + probe.sql() + " (" + quoted
                + ")";
    }
}
