/** Database servers for tests: real ones, from Maven artifacts, on 127.0.0.1, gone when the tests are. */
@NullMarked
package dev.sluice.jdbc.testing;

import org.jspecify.annotations.NullMarked;
