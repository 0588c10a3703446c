/* Three plans of four steps each, a; b and c side by side; d, as dirsim explores them: the client's
 * request, the lock, the core, a pool, workers, the database, and one fault anywhere. */
#define STEPS 4
mtype = { planned, asked, locked, running, resolved, invalid, answered };
mtype = { waiting, queued, coding, reporting, failing, done, broken };

bool fault = true;                 /* still to strike */
mtype plan[3] = planned;
mtype stored[3] = planned;
bool lock[3];
bool rejected[3];
mtype step[12] = waiting;
mtype row[12] = waiting;

#define S(p, i) step[(p) * STEPS + (i)]
#define R(p, i) row[(p) * STEPS + (i)]

inline strike(ok) { /* an operation of the database: it works, or the fault strikes */
    if :: ok = true :: fault -> fault = false; ok = false fi
}
inline work_failed(p) { plan[p] = invalid }

proctype client(byte p) { atomic { plan[p] == planned -> plan[p] = asked } }

proctype core(byte p) {
    bool ok; byte i;
end: do
    :: atomic { plan[p] == asked ->
        strike(ok);
        if :: ok -> lock[p] = true; plan[p] = locked
           :: else -> rejected[p] = true; plan[p] = answered fi; ok = false }
    :: atomic { plan[p] == locked ->
        strike(ok);
        if :: ok -> strike(ok) :: else fi;
        if :: ok -> stored[p] = running; plan[p] = running; S(p, 0) = queued
           :: else -> rejected[p] = true; plan[p] = invalid fi; ok = false }
    :: atomic { plan[p] == running && S(p, 0) == reporting ->
        S(p, 0) = done; S(p, 1) = queued; S(p, 2) = queued }
    :: atomic { plan[p] == running && S(p, 1) == reporting ->
        S(p, 1) = done; if :: S(p, 2) == done -> S(p, 3) = queued :: else fi }
    :: atomic { plan[p] == running && S(p, 2) == reporting ->
        S(p, 2) = done; if :: S(p, 1) == done -> S(p, 3) = queued :: else fi }
    :: atomic { plan[p] == running && S(p, 3) == reporting ->
        S(p, 3) = done; strike(ok);
        if :: ok -> stored[p] = answered; plan[p] = resolved :: else -> plan[p] = invalid fi; ok = false }
    :: atomic { plan[p] == running && (S(p, 0) == failing || S(p, 1) == failing ||
                S(p, 2) == failing || S(p, 3) == failing) ->
        i = 0; do :: i < STEPS -> if :: S(p, i) == failing -> S(p, i) = broken :: else fi; i++
                  :: else -> i = 0; break od;
        work_failed(p) }
    :: atomic { plan[p] == invalid && S(p, 0) != coding && S(p, 1) != coding && S(p, 2) != coding ->
        stored[p] = invalid; lock[p] = false; plan[p] = answered }
    :: atomic { plan[p] == resolved -> strike(ok);
        if :: ok -> lock[p] = false; plan[p] = answered :: else -> skip fi; ok = false }
    od
}

proctype worker(byte p; byte i) {
    bool ok;
end: do
    :: atomic { S(p, i) == queued ->
        strike(ok);
        if :: ok -> strike(ok) :: else fi;
        if :: ok -> R(p, i) = coding; S(p, i) = coding :: else -> S(p, i) = failing fi; ok = false }
    :: atomic { S(p, i) == coding ->
        strike(ok);
        if :: ok -> strike(ok) :: else fi;
        if :: ok -> R(p, i) = done; S(p, i) = reporting :: else -> S(p, i) = failing fi; ok = false }
    od
}

init { atomic {
    run client(0); run core(0); run worker(0, 0); run worker(0, 1); run worker(0, 2); run worker(0, 3);
    run client(1); run core(1); run worker(1, 0); run worker(1, 1); run worker(1, 2); run worker(1, 3);
    run client(2); run core(2); run worker(2, 0); run worker(2, 1); run worker(2, 2); run worker(2, 3)
} }
