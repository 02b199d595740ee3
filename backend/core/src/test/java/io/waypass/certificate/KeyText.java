package io.waypass.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The Base64 of a private key, of which nothing may come back. */
record KeyText(String base64) {

    /** A run of this many characters is a quotation. */
    private static final int QUOTED = 12;

    static KeyText of(String keyPem) {
        return new KeyText(
                keyPem.lines().filter(line -> !line.startsWith("-----")).collect(Collectors.joining()));
    }

    /** The credential is left out: its certificate holds the public half, with which some keys end. */
    void isNotQuotedBy(Judgement judgement) {
        String said = judgement.withoutCredential().toString();
        assertThat(IntStream.rangeClosed(0, base64.length() - QUOTED)
                        .mapToObj(from -> base64.substring(from, from + QUOTED)))
                .noneMatch(said::contains);
    }
}
