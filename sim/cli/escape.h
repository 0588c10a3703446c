/* escape.h: text of any origin inside JSON and XML. Names come from scenario files, which are
 * UTF-8, but a file's own name may be any bytes: what is no character there becomes U+FFFD. */
#ifndef SIM_CLI_ESCAPE_H
#define SIM_CLI_ESCAPE_H

#include "sim/conform/case_text.h"

/* A string with its quotes; NULL gives null. */
void escape_json(struct case_text *text, const char *string);

/* Character data, good for an attribute in double quotes too. Control characters, which XML 1.0
 * does not have, become U+FFFD. */
void escape_xml(struct case_text *text, const char *string);

#endif
