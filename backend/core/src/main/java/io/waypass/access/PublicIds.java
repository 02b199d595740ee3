package io.waypass.access;

import java.security.SecureRandom;
import java.util.Base64;

/** Generates opaque public ids: a prefix that names the kind of thing, and 128 random bits. */
public final class PublicIds {

    private final SecureRandom random;

    public PublicIds(SecureRandom random) {
        this.random = random;
    }

    /**
     * @param prefix such as {@code req}
     * @return such as {@code req_4fTq…}: the prefix, an underscore and 22 URL-safe characters
     */
    public String next(String prefix) {
        byte[] bits = new byte[16];
        random.nextBytes(bits);
        return prefix + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }
}
