/** The push client: rows in, exact outcomes out. */
module dev.sluice {
    requires static org.jspecify;
    requires static micrometer.core;
    requires java.sql;
    requires okhttp3;
    requires okio;
    requires kotlin.stdlib;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.datatype.jsr310;
    requires io.github.resilience4j.circuitbreaker;
    requires io.github.resilience4j.ratelimiter;
    requires org.slf4j;

    exports dev.sluice;
    exports dev.sluice.row;
    exports dev.sluice.batch;
    exports dev.sluice.receipt;
    exports dev.sluice.spool;
    exports dev.sluice.transport;
    exports dev.sluice.push;
    exports dev.sluice.micrometer;
}
