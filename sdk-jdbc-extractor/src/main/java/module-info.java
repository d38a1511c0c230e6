/** Incremental sync from JDBC sources, on top of the push client. */
module dev.sluice.jdbc {
    requires static org.jspecify;
    requires transitive dev.sluice;
    requires transitive java.sql;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires org.slf4j;

    exports dev.sluice.jdbc;
    exports dev.sluice.jdbc.checkpoint;
    exports dev.sluice.jdbc.dialect;
    exports dev.sluice.jdbc.source;

    // Jackson reads and writes the checkpoint records.
    opens dev.sluice.jdbc.checkpoint to
            com.fasterxml.jackson.databind;
}
