/** The database's history, roles and grants, and the command that applies them. */
@NullMarked
package io.waypass.db;

import org.jspecify.annotations.NullMarked;
