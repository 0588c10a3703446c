/* mutator_sqlite.c: changes stories as mutator_story.c does, where some records are damage to a
 * database (damage.h): it inserts such, and changes those that are there only as bytes. */
#define MUTATOR_HAS_DAMAGE true
#include "fuzz/mutator_story.c" // NOLINT(bugprone-suspicious-include): the same, of other records
