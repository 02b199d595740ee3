package io.waypass.certificate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;

/** Text and DER that is as deep or as large as a part may be. */
final class HostileBytes {

    /** The size of the largest part that is accepted. */
    static final int LIMIT = Part.MAX_BYTES;

    private HostileBytes() {}

    static byte[] nested(byte tag) {
        List<byte[]> heads = new ArrayList<>();
        int length = 0;
        while (length < LIMIT - 8) {
            byte[] head = head(tag, length);
            heads.add(head);
            length += head.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        heads.reversed().forEach(out::writeBytes);
        return out.toByteArray();
    }

    private static byte[] head(byte tag, int length) {
        return length < 128
                ? new byte[] {tag, (byte) length}
                : length < 256
                        ? new byte[] {tag, (byte) 0x81, (byte) length}
                        : new byte[] {tag, (byte) 0x82, (byte) (length >> 8), (byte) length};
    }

    static byte[] sequenceOf(byte[] each, int count) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            content.writeBytes(each);
        }
        return concat(head((byte) 0x30, content.size()), content.toByteArray());
    }

    static byte[] pkcs7(byte[] each, int count) throws IOException {
        ByteArrayOutputStream set = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            set.writeBytes(each);
        }
        byte[] certificates = concat(head((byte) 0xa0, set.size()), set.toByteArray());
        byte[] signed = concat(
                concat(
                        new ASN1Integer(1).getEncoded(),
                        new DERSet().getEncoded(),
                        new DERSequence(PKCSObjectIdentifiers.data).getEncoded()),
                certificates,
                new DERSet().getEncoded());
        byte[] sequence = concat(head((byte) 0x30, signed.length), signed);
        byte[] explicit = concat(head((byte) 0xa0, sequence.length), sequence);
        byte[] info = concat(PKCSObjectIdentifiers.signedData.getEncoded(), explicit);
        return concat(head((byte) 0x30, info.length), info);
    }

    static byte[] repeated(String hex, int count) {
        return hex(hex.repeat(count));
    }

    static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    static byte[] text(String unit, int length) {
        return Arrays.copyOf(ascii(unit.repeat(length / unit.length() + 1)), length);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
