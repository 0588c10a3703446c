/* sqlite_text.h: ids, lists and flows as the texts that stand in the database for people to read:
 * 00000000-0000-4000-8000-000000000001, [1,2,3], ["S",4,["C",5,6]]. Plain functions over the
 * caller's memory. A flow without any token is []. */
#ifndef SIM_STORE_SQLITE_TEXT_H
#define SIM_STORE_SQLITE_TEXT_H

#include "director/director.h"

#define SQLITE_TEXT_UUID 36u /* characters of an id */

void sqlite_text_put_uuid(char text[SQLITE_TEXT_UUID], const struct director_plan_id *id);
/* False when the text is no uuid in lower case. */
bool sqlite_text_get_uuid(const char *text, size_t bytes, struct director_plan_id *id);

/* Room that is enough for a list or a flow of so many numbers. */
#define SQLITE_TEXT_LIST_BYTES(count) ((size_t)(count)*11 + 2)
#define SQLITE_TEXT_FLOW_BYTES(length) ((size_t)(length)*12 + 2)

/* Write, and answer how many bytes. The flow must be whole; `stack` has room for `length` numbers.
 */
size_t sqlite_text_put_list(char *text, const uint32_t *list, uint32_t count);
size_t sqlite_text_put_flow(char *text, const uint32_t *flow, uint32_t length, uint32_t *stack);

/* Read a text of so many bytes; white space is let pass. `list`, `flow` and `stack` have room for
 * `bytes` numbers. False when the text is no list, or no flow. */
bool sqlite_text_get_list(const char *text, size_t bytes, uint32_t *list, uint32_t *count);
bool sqlite_text_get_flow(const char *text, size_t bytes, uint32_t *flow, uint32_t *stack,
                          uint32_t *length);

#endif
