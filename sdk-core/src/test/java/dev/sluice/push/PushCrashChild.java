package dev.sluice.push;

import dev.sluice.row.ChangedRow;
import dev.sluice.spool.PushQueue;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The process that is killed: pushes what a file has to a server. */
final class PushCrashChild {
    static final String TARGET = "crm";

    private final String address;

    private PushCrashChild(String address) {
        this.address = address;
    }

    public static void main(String[] args) {
        PushCrashChild child = new PushCrashChild("http://127.0.0.1:" + args[1] + "/");
        try (PushQueue queue = PushQueue.sqlite(Path.of(args[0]))) {
            PushRunner.Builder settings = PushRunner.builder(
                            queue, TARGET, args[2].equals("sync") ? child.sync() : child.async())
                    .batchSize(4);
            if (args[2].equals("async")) {
                settings.pollInterval(Duration.ofMillis(2));
            }
            try (PushRunner runner = settings.build()) {
                if (args[3].equals("watch")) {
                    runner.watch(Duration.ofMillis(1), report -> {});
                }
                PushReport report = runner.run();
                System.exit(report.isClean() ? 0 : 1);
            }
        }
    }

    private PushFunction sync() {
        return PushFunction.sync(batch -> {
            send("POST", batch.id().value(), text(batch));
            return batch.all(RowOutcome.ok());
        });
    }

    /** The job's reference tells the keys of its rows; it is done when it is asked for the second time or later. */
    private PushFunction async() {
        return PushFunction.async(
                batch -> {
                    send("POST", batch.id().value(), text(batch));
                    return batch.rows().stream().map(ChangedRow::key).collect(Collectors.joining(","));
                },
                new PushFunction.Poll() {
                    private String asked = "";

                    @Override
                    public JobStatus poll(String job) throws IOException {
                        send("PUT", null, "poll");
                        if (!job.equals(asked)) {
                            asked = job;
                            return JobStatus.running();
                        }
                        Map<String, String> statuses = new LinkedHashMap<>();
                        for (String key : job.split(",", -1)) {
                            statuses.put(key, "ok");
                        }
                        return JobStatus.doneText(statuses);
                    }
                });
    }

    private static String text(PushBatch batch) {
        return batch.rows().stream()
                .map(row -> row.rowId() + " " + row.fields().get("name"))
                .collect(Collectors.joining("\n"));
    }

    private void send(String method, String id, String body) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(address).toURL().openConnection();
        connection.setRequestMethod(method);
        if (id != null) {
            connection.setRequestProperty("Idempotency-Key", id);
        }
        connection.setDoOutput(true);
        connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        if (connection.getResponseCode() != 200) {
            throw new IOException("HTTP " + connection.getResponseCode());
        }
    }
}
