/* Walks the chunks of a PNG (W3C PNG, third edition) or the segments of a JPEG (ITU-T T.81). */
#include "format/image/image_probe.h"

#include <string.h>

#include "format/image/exif.h"
#include "format/image/png_text.h"

static const uint8_t PNG_SIGNATURE[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

enum { PNG_GREY = 0, PNG_PALETTE = 3, PNG_HEADER_BYTES = 13, PNG_CHUNK_FRAME = 12 };

static uint32_t big_u32(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t big_u16(const uint8_t *p) {
    return (uint32_t)p[0] << 8 | p[1];
}

uint32_t assay_crc32(uint32_t crc, const uint8_t *bytes, size_t n) {
    /* The remainders of the 16 nibbles: half a byte a step keeps the table out of anybody's way. */
    static const uint32_t nibble[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
                                        0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                        0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    crc = ~crc;
    for (size_t i = 0; i < n; i++) {
        crc ^= bytes[i];
        crc = crc >> 4 ^ nibble[crc & 15];
        crc = crc >> 4 ^ nibble[crc & 15];
    }
    return ~crc;
}

static assay_status png_header(const uint8_t *data, uint32_t length, const char *what,
                               assay_image_probe *out, assay_error *err) {
    if (length != PNG_HEADER_BYTES)
        return assay_fail(err, ASSAY_E_FORMAT, "image %s: PNG header of %u bytes, not 13", what,
                          length);
    out->width = big_u32(data);
    out->height = big_u32(data + 4);
    out->grey16 = data[8] == 16 && data[9] == PNG_GREY;
    return ASSAY_OK;
}

static assay_status inspect_png(const uint8_t *bytes, size_t n, const char *what,
                                assay_image_probe *out, assay_error *err) {
    int colour = -1;
    assay_orientations found = {0};
    for (size_t at = sizeof PNG_SIGNATURE;;) {
        if (n - at < PNG_CHUNK_FRAME)
            return assay_fail(err, ASSAY_E_FORMAT, "image %s: PNG is cut off after %zu bytes", what,
                              n);
        const uint8_t *chunk = bytes + at; /* length, type, data, checksum */
        uint32_t length = big_u32(chunk);
        if (length > n - at - PNG_CHUNK_FRAME)
            return assay_fail(err, ASSAY_E_FORMAT,
                              "image %s: PNG is cut off inside the chunk at byte %zu", what, at);
        if (assay_crc32(0, chunk + 4, (size_t)length + 4) != big_u32(chunk + 8 + length))
            return assay_fail(err, ASSAY_E_FORMAT,
                              "image %s: wrong checksum of the PNG chunk at byte %zu", what, at);
        bool header = memcmp(chunk + 4, "IHDR", 4) == 0;
        if (header != (colour < 0))
            return assay_fail(err, ASSAY_E_FORMAT,
                              "image %s: PNG without exactly one header at its start", what);
        if (header) {
            assay_status status = png_header(chunk + 8, length, what, out, err);
            if (status != ASSAY_OK) return status;
            colour = chunk[8 + 9];
        } else if (memcmp(chunk + 4, "PLTE", 4) == 0 && colour == PNG_PALETTE) {
            if (out->palette_at != 0 || length == 0 || length > 256 * 3 || length % 3 != 0)
                return assay_fail(err, ASSAY_E_FORMAT, "image %s: damaged PNG palette", what);
            out->palette_at = at;
            out->palette_colours = length / 3;
        } else if (memcmp(chunk + 4, "eXIf", 4) == 0) {
            found.has_exif = true;
            found.exif = assay_exif_orientation(chunk + 8, length);
        } else if (!assay_png_text(chunk + 4, chunk + 8, length, &found)) {
            return assay_fail(err, ASSAY_E_MEMORY, "image %s: out of memory", what);
        } else if (memcmp(chunk + 4, "IEND", 4) == 0) {
            out->orientation = assay_orientation_of(&found);
            return ASSAY_OK;
        }
        at += (size_t)length + PNG_CHUNK_FRAME;
    }
}

/* Steps over entropy-coded data to the next marker that is no restart. */
static size_t jpeg_next_marker(const uint8_t *bytes, size_t n, size_t at) {
    for (; at + 1 < n; at++) {
        if (bytes[at] != 0xff) continue;
        uint8_t marker = bytes[at + 1];
        if (marker != 0x00 && marker != 0xff && !(marker >= 0xd0 && marker <= 0xd7)) return at;
    }
    return n;
}

/* Frame header: precision, height, width, components. */
static assay_status jpeg_frame(uint8_t marker, const uint8_t *data, size_t length, const char *what,
                               assay_image_probe *out, assay_error *err) {
    if (length < 6 || out->width != 0)
        return assay_fail(err, ASSAY_E_FORMAT, "image %s: damaged JPEG frame header", what);
    if (marker > 0xc2)
        return assay_fail(
            err, ASSAY_E_UNSUPPORTED,
            "image %s: JPEG process %d (lossless, hierarchical or arithmetic) is not supported",
            what, marker - 0xc0);
    if (data[0] != 8)
        return assay_fail(err, ASSAY_E_UNSUPPORTED, "image %s: JPEG of %d bits is not supported",
                          what, data[0]);
    out->height = big_u16(data + 1);
    out->width = big_u16(data + 3);
    if (out->width == 0 || out->height == 0)
        return assay_fail(err, ASSAY_E_FORMAT, "image %s: zero size", what);
    out->components = data[5];
    if (out->components != 1 && out->components != 3 && out->components != 4)
        return assay_fail(err, ASSAY_E_UNSUPPORTED,
                          "image %s: JPEG of %d components is not supported, only 1, 3 and 4", what,
                          out->components);
    if (length < 6 + 3 * (size_t)out->components)
        return assay_fail(err, ASSAY_E_FORMAT, "image %s: damaged JPEG frame header", what);
    for (int i = 0; i < out->components; i++) out->component_ids[i] = data[6 + 3 * i];
    return ASSAY_OK;
}

static bool starts_with(const uint8_t *data, size_t n, const char *name, size_t n_name) {
    return n >= n_name && memcmp(data, name, n_name) == 0;
}

/* The application segments that say something about the pixels; `marker` is 0xe0 + its number. */
static void jpeg_application(uint8_t marker, const uint8_t *data, size_t n, assay_image_probe *out,
                             assay_orientations *found) {
    static const char exif[6] = "Exif\0", xmp[29] = "http://ns.adobe.com/xap/1.0/";
    if (marker == 0xe0 && n >= 14 && starts_with(data, n, "JFIF", 5)) {
        out->jfif = true;
    } else if (marker == 0xe1 && starts_with(data, n, exif, sizeof exif)) {
        if (!found->has_exif) found->exif = assay_exif_orientation(data, n);
        found->has_exif = true;
    } else if (marker == 0xe1 && starts_with(data, n, xmp, sizeof xmp)) {
        found->xmp = assay_xmp_orientation(data + sizeof xmp, n - sizeof xmp);
    } else if (marker == 0xee && n >= 12 && starts_with(data, n, "Adobe", 5)) {
        out->adobe = data[11];
    }
}

static assay_status inspect_jpeg(const uint8_t *bytes, size_t n, const char *what,
                                 assay_image_probe *out, assay_error *err) {
    out->jpeg = true;
    out->adobe = ASSAY_JPEG_NO_ADOBE;
    bool quantized = false, scanned = false;
    assay_orientations found = {0};
    for (size_t at = 2;;) {
        at = jpeg_next_marker(bytes, n, at);
        if (n - at < 2) break;
        uint8_t marker = bytes[at + 1];
        if (marker == 0xd9) {
            if (out->width == 0)
                return assay_fail(err, ASSAY_E_FORMAT, "image %s: JPEG without a frame", what);
            if (!quantized) /* stb would take zeros */
                return assay_fail(err, ASSAY_E_FORMAT, "image %s: JPEG without quantization tables",
                                  what);
            out->orientation = assay_orientation_of(&found);
            return ASSAY_OK;
        }
        if (n - at < 4) break;
        size_t length = big_u16(bytes + at + 2);
        if (length < 2)
            return assay_fail(err, ASSAY_E_FORMAT, "image %s: damaged JPEG segment at byte %zu",
                              what, at);
        if (length > n - at - 2) break;
        bool frame =
            marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (frame) {
            assay_status status = jpeg_frame(marker, bytes + at + 4, length - 2, what, out, err);
            if (status != ASSAY_OK) return status;
        }
        quantized = quantized || marker == 0xdb;
        scanned = scanned || marker == 0xda;
        if (!scanned) jpeg_application(marker, bytes + at + 4, length - 2, out, &found);
        at += 2 + length;
    }
    return assay_fail(err, ASSAY_E_FORMAT, "image %s: JPEG is cut off after %zu bytes", what, n);
}

static const char *other_kind(const uint8_t *bytes, size_t n) {
    if (n >= 6 && memcmp(bytes, "GIF8", 4) == 0) return "a GIF";
    if (n >= 12 && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0)
        return "a WebP file";
    if (n >= 12 && memcmp(bytes + 4, "ftypavif", 8) == 0) return "an AVIF file";
    if (n >= 2 && memcmp(bytes, "BM", 2) == 0) return "a BMP file";
    return NULL;
}

assay_status assay_image_inspect(const uint8_t *bytes, size_t n, const char *what,
                                 assay_image_probe *out, assay_error *err) {
    *out = (assay_image_probe){0};
    if (n == 0) return assay_fail(err, ASSAY_E_FORMAT, "image %s: empty", what);
    if (n >= sizeof PNG_SIGNATURE && memcmp(bytes, PNG_SIGNATURE, sizeof PNG_SIGNATURE) == 0)
        return inspect_png(bytes, n, what, out, err);
    if (n >= 3 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff)
        return inspect_jpeg(bytes, n, what, out, err);
    const char *other = other_kind(bytes, n);
    if (other != NULL)
        return assay_fail(err, ASSAY_E_UNSUPPORTED, "image %s: is %s, not a PNG or JPEG", what,
                          other);
    return assay_fail(err, ASSAY_E_FORMAT, "image %s: not a PNG or JPEG", what);
}
