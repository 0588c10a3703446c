/* names.h: how traces of a run call things. */
#ifndef SIM_WORLD_NAMES_H
#define SIM_WORLD_NAMES_H

#include "sim/engine/trace.h"

struct simulation;

/* The simulation must live as long. */
struct trace_names world_names(const struct simulation *simulation);

#endif
