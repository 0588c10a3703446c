/* yaml_text.h: the text of a scalar in quotes, from the bytes between the quotes.
 *
 * libfyaml could be asked for it, but leaks memory for a text with many escapes. */
#ifndef SIM_SCENARIO_YAML_TEXT_H
#define SIM_SCENARIO_YAML_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Decoding never gives more than this many bytes for a byte: \L is three for two. */
#define YAML_TEXT_GROWTH 2

/* Decode what stands between single quotes, where '' is a quote. Answers the length of the text. */
size_t yaml_text_single_quoted(const char *raw, size_t length, char *text);

/* Decode what stands between double quotes, with its escapes. False: an escape is none, or of no
 * character; libfyaml has seen to it that there is none. */
bool yaml_text_double_quoted(const char *raw, size_t length, char *text, size_t *text_length);

#endif
