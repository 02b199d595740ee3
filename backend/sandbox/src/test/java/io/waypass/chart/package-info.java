/** Facts about the chart: what it renders, what it refuses, and what it grants. */
@NullMarked
package io.waypass.chart;

import org.jspecify.annotations.NullMarked;
