/* yaml_text.c: the escapes of YAML 1.2, chapter 5.7, and pairs of \u escapes as JSON has them. */
#include "sim/scenario/yaml_text.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

size_t yaml_text_single_quoted(const char *raw, size_t length, char *text)
{
    size_t used = 0;
    for (size_t at = 0; at < length; at++) {
        text[used++] = raw[at];
        if (raw[at] == '\'' && at + 1 < length && raw[at + 1] == '\'') {
            at++;
        }
    }
    return used;
}

/* Put a character down as UTF-8; answers how many bytes it has. */
static size_t put_character(uint32_t character, char *text)
{
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t count = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = count; i > 1; i--) {
        text[i - 1] = (char)(0x80 | (character & 0x3f));
        character >>= 6;
    }
    text[0] = (char)(lead[count] | character);
    return count;
}

/* `count` hexadecimal digits. */
static bool read_hexadecimal(const char *raw, size_t left, size_t count, uint32_t *value)
{
    *value = 0;
    if (count > left) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        char digit = raw[i];
        uint32_t number = 0;
        if (digit >= '0' && digit <= '9') {
            number = (uint32_t)(digit - '0');
        } else if (digit >= 'a' && digit <= 'f') {
            number = (uint32_t)(digit - 'a') + 10;
        } else if (digit >= 'A' && digit <= 'F') {
            number = (uint32_t)(digit - 'A') + 10;
        } else {
            return false;
        }
        *value = *value << 4 | number;
    }
    return true;
}

/* An escape by number, whose letter is x, u or U: answers how many bytes it has behind the
 * backslash. */
static size_t read_number_escape(const char *raw, size_t left, uint32_t *character)
{
    size_t digits = raw[0] == 'x' ? 2 : raw[0] == 'u' ? 4 : 8;
    uint32_t second;
    if (!read_hexadecimal(raw + 1, left - 1, digits, character)) {
        return 0;
    }
    size_t taken = 1 + digits;
    if (raw[0] == 'u' && *character >= 0xd800 && *character <= 0xdbff && left - taken >= 6 &&
        raw[taken] == '\\' && raw[taken + 1] == 'u' &&
        read_hexadecimal(raw + taken + 2, left - taken - 2, 4, &second) && second >= 0xdc00 &&
        second <= 0xdfff) {
        *character = 0x10000 + ((*character - 0xd800) << 10) + (second - 0xdc00);
        taken += 6;
    }
    bool surrogate = *character >= 0xd800 && *character <= 0xdfff;
    return *character > 0x10ffff || surrogate ? 0 : taken;
}

/* The escape whose letter is at `raw`: answers how many bytes it has behind the backslash; 0: it is
 * none. */
static size_t read_escape(const char *raw, size_t left, uint32_t *character)
{
    static const struct {
        char letter;
        uint32_t character;
    } escapes[] = {
        {'0', 0},     {'a', 0x07}, {'b', 0x08}, {'t', 0x09},   {'n', 0x0a},   {'v', 0x0b},
        {'f', 0x0c},  {'r', 0x0d}, {'e', 0x1b}, {' ', ' '},    {'"', '"'},    {'/', '/'},
        {'\\', '\\'}, {'N', 0x85}, {'_', 0xa0}, {'L', 0x2028}, {'P', 0x2029},
    };
    if (left == 0) {
        return 0;
    }
    if (raw[0] == 'x' || raw[0] == 'u' || raw[0] == 'U') {
        return read_number_escape(raw, left, character);
    }
    for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
        if (escapes[i].letter == raw[0]) {
            *character = escapes[i].character;
            return 1;
        }
    }
    return 0;
}

bool yaml_text_double_quoted(const char *raw, size_t length, char *text, size_t *text_length)
{
    size_t used = 0;
    size_t at = 0;
    while (at < length) {
        if (raw[at] != '\\') {
            text[used++] = raw[at++];
            continue;
        }
        uint32_t character;
        size_t taken = read_escape(raw + at + 1, length - at - 1, &character);
        if (taken == 0) {
            return false;
        }
        used += put_character(character, text + used);
        at += 1 + taken;
        assert(used <= at * YAML_TEXT_GROWTH);
    }
    *text_length = used;
    return true;
}
