/**
 * What tests of programs that push rows need: a Stream API on this machine that fails on request, time that is stepped
 * by hand, dead letters in memory, and a JUnit extension that brings them.
 */
@NullMarked
package dev.sluice.testkit;

import org.jspecify.annotations.NullMarked;
