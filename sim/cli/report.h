/* report.h: what the files of `dirsim report` share: report.c reads the options and writes the
 * page, the others fill it. */
#ifndef SIM_CLI_REPORT_H
#define SIM_CLI_REPORT_H

#include "sim/conform/case_text.h"
#include "sim/search/results.h"

/* The campaign of the subject with this number, as a section. False: see results_message. */
bool report_add_campaign(struct case_text *text, struct results *results, uint32_t index);

/* Every fuzzer of a folder of AFL++ (that with fuzzer_stats in it, or one with such folders), as
 * sections. False: it was said why not. */
bool report_add_fuzzers(struct case_text *text, const char *folder);

#endif
