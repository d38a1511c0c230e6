/** Incremental sync from JDBC sources, on top of the push client. */
module dev.sluice.jdbc {
    requires static org.jspecify;
    requires static micrometer.core;
    requires transitive dev.sluice;
    requires transitive java.sql;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires org.slf4j;
    // For COPY; without it, or with a connection that hides it, rows come through plain JDBC.
    requires static org.postgresql.jdbc;

    exports dev.sluice.jdbc;
    exports dev.sluice.jdbc.checkpoint;
    exports dev.sluice.jdbc.dialect;
    exports dev.sluice.jdbc.micrometer;
    exports dev.sluice.jdbc.source;

    // Jackson reads and writes the checkpoint records.
    opens dev.sluice.jdbc.checkpoint to
            com.fasterxml.jackson.databind;
}
