package io.waypass.bootstrap;

/** A published file cannot be downloaded. The message is a clause that names the file and the reason, for use in parentheses. */
final class DownloadFailed extends Exception {

    DownloadFailed(String message) {
        super(message);
    }
}
