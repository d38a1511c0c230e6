/** Pushing from application code. */
module dev.sluice.examples.push {
    requires dev.sluice.jdbc;
}
