/** Pushing from application code. */
module dev.sluice.examples.push {
    requires dev.sluice.jdbc;
    requires com.fasterxml.jackson.databind;
    requires micrometer.core;
}
