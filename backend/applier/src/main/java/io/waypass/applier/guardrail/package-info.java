/**
 * What the cluster's admission policies need to know: the guard rails, which let only Waypass write what could use or weaken an app's
 * client certificate. The policies themselves are in the chart.
 */
@NullMarked
package io.waypass.applier.guardrail;

import org.jspecify.annotations.NullMarked;
