/* escape.c: see escape.h. */
#include "sim/cli/escape.h"

#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

static bool continues(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Bytes of the UTF-8 character at `at`, 0 when there is none: cut off, overlong, a surrogate, or
 * past the end of Unicode. Stops at the NUL. */
static size_t character_length(const char *at)
{
    const unsigned char *bytes = (const unsigned char *)at;
    unsigned char first = bytes[0];
    if (first < 0x80) {
        return 1;
    }
    if (first < 0xc2 || first > 0xf4 || !continues(bytes[1])) {
        return 0;
    }
    if (first < 0xe0) {
        return 2;
    }
    bool overlong = (first == 0xe0 && bytes[1] < 0xa0) || (first == 0xf0 && bytes[1] < 0x90);
    bool outside = (first == 0xed && bytes[1] > 0x9f) || (first == 0xf4 && bytes[1] > 0x8f);
    if (overlong || outside || !continues(bytes[2])) {
        return 0;
    }
    if (first < 0xf0) {
        return 3;
    }
    return continues(bytes[3]) ? 4 : 0;
}

/* Add the character at `at`, or the replacement; answers how many bytes of it to go past. */
static size_t add_character(struct case_text *text, const char *at)
{
    size_t length = character_length(at);
    if (length == 0) {
        case_text_add(text, REPLACEMENT);
        return 1;
    }
    case_text_add(text, "%.*s", (int)length, at);
    return length;
}

void escape_json(struct case_text *text, const char *string)
{
    if (string == NULL) {
        case_text_add(text, "null");
        return;
    }
    case_text_add(text, "\"");
    for (const char *at = string; *at != '\0';) {
        unsigned char byte = (unsigned char)*at;
        if (byte == '"' || byte == '\\') {
            case_text_add(text, "\\%c", byte);
            at++;
        } else if (byte == '\n') {
            case_text_add(text, "\\n");
            at++;
        } else if (byte < 0x20) {
            case_text_add(text, "\\u%04x", byte);
            at++;
        } else {
            at += add_character(text, at);
        }
    }
    case_text_add(text, "\"");
}

static const char *xml_entity(unsigned char byte)
{
    switch (byte) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\n':
        return "&#10;";
    default:
        return byte < 0x20 ? REPLACEMENT : NULL;
    }
}

/* U+FFFE and U+FFFF are the only characters above the controls that XML has not. */
static bool is_noncharacter(const char *at)
{
    return memcmp(at, "\xef\xbf", 2) == 0 && ((unsigned char)at[2] & 0xfe) == 0xbe;
}

void escape_xml(struct case_text *text, const char *string)
{
    for (const char *at = string; *at != '\0';) {
        const char *entity = xml_entity((unsigned char)*at);
        if (entity != NULL) {
            case_text_add(text, "%s", entity);
            at++;
        } else if (character_length(at) == 3 && is_noncharacter(at)) {
            case_text_add(text, REPLACEMENT);
            at += 3;
        } else {
            at += add_character(text, at);
        }
    }
}
