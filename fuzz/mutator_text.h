/* mutator_text.h: what the mutators of text share. */
#ifndef FUZZ_MUTATOR_TEXT_H
#define FUZZ_MUTATOR_TEXT_H

#include "fuzz/mutator.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MUTATOR_NUMBER_MAX 100000000u

/* Put text in place of `gone` bytes; false: there is no room. The text is none of the input's. */
static inline bool mutator_replace(struct mutator_input *input, size_t at, size_t gone,
                                   const char *text, size_t length)
{
    if (input->size - gone + length > input->room) {
        return false;
    }
    memmove(input->bytes + at + length, input->bytes + at + gone, input->size - at - gone);
    memcpy(input->bytes + at, text, length);
    input->size += length - gone;
    return true;
}

static inline bool mutator_is_word(unsigned char character)
{
    return isalnum(character) || character == '_' || character == '-';
}

/* A number that stands at a place, with or without a unit: another one. */
static inline void mutator_change_number(struct mutator_input *input, size_t begin, size_t end,
                                         struct mutator_lots *lots)
{
    char text[24];
    size_t digits = begin;
    unsigned long value = 0;
    while (digits < end && isdigit(input->bytes[digits]) && value < MUTATOR_NUMBER_MAX) {
        value = value * 10 + (unsigned long)(input->bytes[digits++] - '0');
    }
    unsigned long before = value;
    switch (mutator_below(lots, 5)) {
    case 0:
        value = mutator_below(lots, 40);
        break;
    case 1:
        value += 1 + mutator_below(lots, 4);
        break;
    case 2:
        value -= value > 0;
        break;
    case 3:
        value *= 2;
        break;
    default:
        value = mutator_below(lots, 4);
        break;
    }
    value += value == before;
    int length = snprintf(text, sizeof(text), "%lu", value);
    mutator_replace(input, begin, digits - begin, text, (size_t)length);
}

#endif
