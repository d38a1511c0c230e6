package dev.sluice.benchmarks;

import dev.sluice.row.RowMapper;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Who takes part, under which name and with which form of event. */
final class Contestants {
    /** What a contestant is to the comparison. */
    enum Side {
        /** This library. */
        OURS,
        /** Another one. */
        PEER,
        /** No library at all. */
        YARDSTICK
    }

    /** Makes a contestant that sends to the address given. */
    @FunctionalInterface
    interface Opener {
        Contestant open(URI sink) throws Exception;
    }

    /** One who takes part. */
    record Entry(String name, Side side, Form form, Opener opener) {}

    /** All of them, in the order of the table. */
    static final List<Entry> ALL = all();

    private Contestants() {}

    static Entry named(String name) {
        return ALL.stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no contestant is named " + name + "; there are "
                        + ALL.stream().map(Entry::name).toList()));
    }

    private static List<Entry> all() {
        List<Entry> all = new ArrayList<>();
        sluice(all);
        all.add(new Entry("plain-loop", Side.YARDSTICK, Form.OBJECTS, PlainLoop::new));
        influx(all);
        elastic(all);
        all.add(new Entry("ceiling", Side.YARDSTICK, Form.READY, Ceiling::new));
        return Collections.unmodifiableList(all);
    }

    private static void sluice(List<Entry> all) {
        all.add(new Entry(
                "sluice-map", Side.OURS, Form.OBJECTS, url -> new SluiceWriter(url, Event.pool(Event::toMap))));
        all.add(new Entry(
                "sluice-record", Side.OURS, Form.OBJECTS, url -> new SluiceWriter(url, Event.pool(event -> event))));
        all.add(new Entry(
                "sluice-row",
                Side.OURS,
                Form.READY,
                url -> new SluiceWriter(url, Event.pool(RowMapper.standard()::map))));
        all.add(new Entry(
                "sluice-map-1000",
                Side.OURS,
                Form.OBJECTS,
                url -> new SluiceWriter(url, Event.pool(Event::toMap), 1_000, null)));
        for (int batch : List.of(1_000, 5_000)) {
            all.add(new Entry(
                    "sluice-spool-" + batch,
                    Side.OURS,
                    Form.OBJECTS,
                    url -> SluiceWriter.spooled(url, Event.pool(Event::toMap), batch)));
        }
        all.add(new Entry("sluice-push", Side.OURS, Form.OBJECTS, SluicePush::new));
    }

    private static void influx(List<Entry> all) {
        for (int batch : List.of(1_000, 5_000)) {
            all.add(new Entry(
                    "influx-points-shipped-" + batch,
                    Side.PEER,
                    Form.OBJECTS,
                    url -> Influx.points(url, batch, false)));
            all.add(new Entry(
                    "influx-points-" + batch, Side.PEER, Form.OBJECTS, url -> Influx.points(url, batch, true)));
            all.add(new Entry("influx-lines-" + batch, Side.PEER, Form.READY, url -> Influx.lines(url, batch)));
        }
    }

    private static void elastic(List<Entry> all) {
        all.add(new Entry("elastic-maps-5000", Side.PEER, Form.OBJECTS, Elastic::maps));
        all.add(new Entry("elastic-json-5000", Side.PEER, Form.READY, Elastic::json));
    }
}
