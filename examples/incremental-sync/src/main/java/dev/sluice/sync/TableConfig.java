package dev.sluice.sync;

import dev.sluice.jdbc.source.DeleteScan;
import dev.sluice.jdbc.source.Mask;
import dev.sluice.jdbc.source.NullWatermark;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.row.WriteMode;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One table of the configuration file, and the plan it makes. */
final class TableConfig {
    private static final Pattern TRUNCATE = Pattern.compile("truncate (\\d{1,9})");
    private static final String CONSTANT = "constant ";

    private final Section table;

    TableConfig(Section table) {
        this.table = table;
    }

    /**
     * The plan, checked as far as it can be without the database.
     *
     * @throws CliException if something is missing or wrong
     */
    TablePlan plan() {
        TablePlan plan = changes(start());
        plan = columns(plan);
        plan = watermarks(plan);
        TablePlan whole = deletes(load(plan));
        return table.checked(whole::checked);
    }

    private TablePlan start() {
        String source = table.required("source", "the table to read, such as public.customers");
        String destination = table.required("destination", "the lake's table, such as bronze.customers");
        return table.checked(() -> table.text("query")
                .map(sql -> TablePlan.query(source, sql, destination))
                .orElseGet(() -> TablePlan.of(source, destination)));
    }

    private TablePlan changes(TablePlan plan) {
        TablePlan stamped =
                plan.key(table.texts("key").toArray(String[]::new)).mode(mode()).cdc(table.flag("cdc"));
        TablePlan deleting = table.text("softDelete").map(stamped::softDelete).orElse(stamped);
        return table.text("filter")
                .map(sql -> table.checked("filter", () -> deleting.filter(sql)))
                .orElse(deleting);
    }

    private TablePlan watermarks(TablePlan plan) {
        TablePlan moving = table.flag("snapshot") ? plan.snapshot() : plan;
        if (!table.flag("snapshot") || table.text("watermark").isPresent()) {
            moving = moving.watermark(table.required(
                    "watermark",
                    "the column that each change of a row raises; where there is none, snapshot: true reads the whole"
                            + " table each time"));
        }
        TablePlan zoned = zone().map(moving::watermarkZone).orElse(moving);
        TablePlan nulls = zoned.nullWatermark(nullWatermark());
        return table.time("lookBack")
                .map(time -> table.checked("lookBack", () -> nulls.lookBack(time)))
                .orElse(nulls);
    }

    private Optional<ZoneId> zone() {
        return table.text("watermarkZone").map(zone -> table.checked("watermarkZone", () -> ZoneId.of(zone)));
    }

    private NullWatermark nullWatermark() {
        if (table.isList("nullWatermark")) {
            String[] columns = table.texts("nullWatermark").toArray(String[]::new);
            return table.checked("nullWatermark", () -> NullWatermark.coalesce(columns));
        }
        return switch (table.text("nullWatermark").orElse("fail")) {
            case "fail" -> NullWatermark.FAIL;
            case "skip" -> NullWatermark.SKIP;
            default -> throw table.wrong("nullWatermark", "fail, skip or a list of columns that take its place");
        };
    }

    private TablePlan columns(TablePlan plan) {
        TablePlan changed = plan.include(table.texts("include").toArray(String[]::new))
                .exclude(table.texts("exclude").toArray(String[]::new))
                .describeColumns(table.flag("describeColumns"));
        Section names = table.section("rename");
        for (String column : names.keys()) {
            changed = renamed(changed, column, names);
        }
        Section masks = table.section("mask");
        for (String column : masks.keys()) {
            changed = changed.mask(column, mask(masks, column));
        }
        return changed;
    }

    private static TablePlan renamed(TablePlan plan, String column, Section names) {
        String name = names.required(column, "the column's name in the lake");
        return names.checked(column, () -> plan.rename(column, name));
    }

    private Mask mask(Section masks, String column) {
        // YAML's null is no text.
        String written = masks.text(column).orElse("null");
        Matcher truncate = TRUNCATE.matcher(written);
        if (written.equals("sha256")) {
            String salt = table.required("maskSalt", "a secret of 16 random characters or more, for the sha256 masks");
            return Mask.sha256(salt);
        } else if (truncate.matches()) {
            return Mask.truncate(Integer.parseInt(truncate.group(1)));
        } else if (written.equals("null")) {
            return Mask.nulled();
        } else if (written.startsWith(CONSTANT)) {
            return Mask.constant(written.substring(CONSTANT.length()));
        }
        throw masks.wrong(column, "sha256, truncate and a number, null, or constant and a text");
    }

    private TablePlan load(TablePlan plan) {
        Section load = table.section("initialLoad");
        return load.integer("threads")
                .map(threads -> load.checked("threads", () -> plan.loadThreads(threads)))
                .orElse(plan);
    }

    private TablePlan deletes(TablePlan plan) {
        Section deletes = table.section("deletes");
        if (!table.isGroup("deletes")) {
            return plan;
        }
        Duration every = deletes.time("every")
                .orElseThrow(() -> table.problem(
                        "deletes",
                        deletes.path("every") + " is missing: how long after a"
                                + " look for deleted rows the next one is due, such as 1h"));
        DeleteScan scan = DeleteScan.every(every);
        return plan.deletes(deletes.flag("allowEmpty") ? scan.allowEmpty() : scan);
    }

    private WriteMode mode() {
        return switch (table.text("mode").orElse("append")) {
            case "append" -> WriteMode.APPEND;
            case "merge" -> WriteMode.MERGE;
            default -> throw table.problem("mode", "mode must be append or merge");
        };
    }
}
