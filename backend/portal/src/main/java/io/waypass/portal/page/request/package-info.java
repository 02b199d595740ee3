/** Pages of requests: submit, follow, decide, withdraw. */
@NullMarked
package io.waypass.portal.page.request;

import org.jspecify.annotations.NullMarked;
