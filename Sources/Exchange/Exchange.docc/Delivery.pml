/*
 * How a message leaves, is withdrawn and is receipted: the protocol of `Exchange` (BeginAttempt, PushMessage, WithdrawConsent, TakeReceipt),
 * for every interleaving of two senders, a partner that fetches, a network that delays, a withdrawal, a crash and the end of the window.
 *
 * An `atomic` block is one commit, or one snapshot. Everything between two of them may be interrupted, and ends with the process at a crash.
 * There is one message; messages share nothing but the withdrawal and the crash. It rests on the consent, and a withdrawal ends it; or, with
 * -DSHRINKS, it is about two persons, less of it may go then, and another message takes its place unless it has left.
 *
 *     Tests/Interop/check_model.sh        checks it, and that each rule that is taken away (-D…) is missed
 *
 * What must hold
 *   decided          no attempt begins on a ground whose end is on the disk
 *   never unlisted   no byte reaches the partner after the withdrawal was answered, of a message that the answer did not list
 *   fenced           only the sender whose claim holds changes a message; at most one attempt on it has not ended
 *   once             the partner acts on a message once; what takes a message's place goes only where that one never left
 *   settled          every message ends: receipted, ended, replaced, or a fault that the desk is told of (weak fairness)
 */
#define N 2             /* the message, and what takes its place */

mtype = { absent, queued, left, receipted, superseded, ended, dead };

/* On the disk. */
mtype state[N] = absent;
bool hasLeft[N];        /* left_at is set: bytes of it left, or may have */
byte holder[N];         /* the claim: who holds it, 0 for nobody */
bool mayHaveGone[N];    /* an attempt on it ended otherwise than without a connection */
bool receipt[N];
bool withdrawn;         /* the person's disclosure revision */
bool recallDue;         /* pending_recall */

/* In the world. */
bool claimOver[N];      /* the claim's time has passed */
bool underWay[N];       /* bytes that are on the network */
bool arrived[N];        /* the partner has taken it in and stored its receipt */
bool crashed;           /* there is one crash at most; who began before it is gone */
bool answered;          /* the withdrawal was answered */
bool listed[N];         /* in that answer: left, may have left, or stays */

/* Only for what must hold. */
byte owner[N];          /* who began the newest attempt that has not ended */
byte open[N];           /* attempts that have not ended */

#define isLive(m) (state[m] == queued || state[m] == left)
#define isOver(m) (state[m] != absent && !isLive(m))
#ifdef NO_SECOND_DECISION
#define falls(m, w) false
#else
#define falls(m, w) ((w) && (m) == 0)
#endif
#ifdef NO_BASIS
#define basisHolds(w) true
#else
#define basisHolds(w) (withdrawn == (w))
#endif
#ifdef NO_FENCE
#define holds(m, me) isLive(m)
#else
#define holds(m, me) (holder[m] == me)
#endif

/* Takes a live message out of the queue; one of which less may go is replaced where it never left. */
inline close(m, as) {
    state[m] = as;
    holder[m] = 0; claimOver[m] = false;
}
inline endForWithdrawal(m) {
    if
#ifdef SHRINKS
    :: state[m] == queued ->
        assert(m == 0 && !hasLeft[0] && !arrived[0] && state[1] == absent);
        close(0, superseded);
        state[1] = queued
#endif
    :: else -> close(m, ended)
    fi
}

/* One commit claims and begins: the attempt's id is the claim. Whoever is overtaken, its attempt ends. */
inline begin(m, me) {
    assert(m != 0 || !withdrawn);
    open[m] = (owner[m] != 0 -> open[m] : open[m] + 1);
    mayHaveGone[m] = (owner[m] != 0 -> true : mayHaveGone[m]);
    owner[m] = me;
    holder[m] = me; claimOver[m] = false;
    state[m] = left; hasLeft[m] = true;
    assert(open[m] == 1)
}
inline endAttempt(m, me) {
    if
    :: owner[m] == me -> owner[m] = 0; open[m] = open[m] - 1
    :: else -> skip
    fi
}

/* The first receipt counts; one for an ended message is taken and changes nothing. */
inline takeReceipt(m) {
    if
    :: !receipt[m] ->
        receipt[m] = true;
        owner[m] = 0; open[m] = 0;
        if
        :: isLive(m) -> close(m, receipted)
        :: else -> skip
        fi
    :: else -> skip
    fi
}

/* What changes a message must be done by the one who holds it. */
inline settleAs(m, me, unreachable, isDead) {
    if
    :: holds(m, me) ->
        assert(owner[m] == me);
        if
        :: isDead -> close(m, dead)
        :: else ->
            holder[m] = 0; claimOver[m] = false;
            mayHaveGone[m] = mayHaveGone[m] || !unreachable;
            /* Every attempt ended without a connection: nothing of it left. */
            if
            :: !mayHaveGone[m] -> state[m] = queued; hasLeft[m] = false
            :: else -> skip
            fi
        fi
    :: else -> skip
    fi;
    endAttempt(m, me)
}

/* A sender: looks, decides, commits the attempt, sends, settles. */
proctype Courier(byte me) {
    byte m; byte claim; bool knew; bool before; bool isUnreachable; bool isDead;
end:
    do
    :: atomic {
            if
            :: isLive(0) && (holder[0] == 0 || claimOver[0]) -> m = 0
            :: isLive(1) && (holder[1] == 0 || claimOver[1]) -> m = 1
            fi;
            before = crashed; claim = holder[m]
        }
        atomic { knew = withdrawn }
        if
        :: falls(m, knew) ->
            atomic {
                if
                :: before == crashed && isLive(m) && basisHolds(knew) -> endForWithdrawal(m)
                :: else -> skip
                fi
            }
        :: else ->
            atomic {
                if
                :: before == crashed && basisHolds(knew) && isLive(m) && holder[m] == claim -> begin(m, me)
                :: else -> goto over
                fi
            }
            isUnreachable = false; isDead = false;
            if
            :: isUnreachable = true
            :: atomic { before == crashed -> underWay[m] = true }
                if
                :: atomic { arrived[m] && before == crashed -> takeReceipt(m) }  /* 200 with the receipt */
                :: arrived[m] -> isDead = true                                  /* 4xx */
                :: skip                                                         /* 202, 5xx, no answer, or we hung up */
                fi
            :: before != crashed
            fi;
            atomic {
                if
                :: before == crashed -> settleAs(m, me, isUnreachable, isDead)
                :: else -> skip
                fi
            }
        fi;
over:   m = 0; claim = 0; knew = false; before = false; isUnreachable = false; isDead = false
    od
}

/* The partner fetches, whatever else is under way, and takes the claim over. */
proctype Fetch(byte me) {
    byte m; byte claim; bool knew; bool before;
end:
    do
    :: atomic {
            if
            :: isLive(0) -> m = 0
            :: isLive(1) -> m = 1
            fi;
            before = crashed; claim = holder[m]
        }
        atomic { knew = withdrawn }
        if
        :: falls(m, knew) ->
            atomic {
                if
                :: before == crashed && isLive(m) && basisHolds(knew) -> endForWithdrawal(m)
                :: else -> skip
                fi
            }
        :: else ->
            atomic {
                if
                :: before == crashed && basisHolds(knew) && isLive(m) && holder[m] == claim -> begin(m, me)
                :: else -> goto over
                fi
            }
            if
            :: atomic { before == crashed -> underWay[m] = true }
            :: before != crashed
            fi
        fi;
over:   m = 0; claim = 0; knew = false; before = false
    od
}

/* The partner's own system: takes a message in once, keeps its receipt, and gives the same one whenever it is asked. */
proctype Partner() {
    byte m;
end:
    do
    :: atomic {
            if
            :: underWay[0] -> m = 0
            :: underWay[1] -> m = 1
            fi;
            underWay[m] = false;
            assert(!answered || listed[m]);
            assert(m != 0 || state[1] == absent);
            assert(m != 1 || !arrived[0]);
            arrived[m] = true; m = 0
        }
    :: atomic {
            if
            :: arrived[0] && !receipt[0] -> m = 0
            :: arrived[1] && !receipt[1] -> m = 1
            fi;
            takeReceipt(m); m = 0
        }
    od
}

/* Everything about the person is looked at again, and listed as it stands at that moment. */
inline recall() {
    if
    :: isLive(0) -> endForWithdrawal(0)
    :: else -> skip
    fi;
#ifdef NO_LIST
    listed[0] = false;
#else
    listed[0] = hasLeft[0];
#endif
    listed[1] = state[1] != absent;
    recallDue = false
}

/* The withdrawal: committed, then what rests on it, then the answer. Whoever got no answer asks again. */
proctype Withdrawal() {
    bool before;
again:
    atomic { before = crashed; withdrawn = true; recallDue = true }
    atomic {
        if
        :: before != crashed -> goto again
        :: else -> recall()
        fi
    }
    atomic {
        if
        :: before != crashed -> goto again
        :: else -> answered = true
        fi
    }
}

inline freeClaim(m) {
    if
    :: holder[m] != 0 -> holder[m] = 0; claimOver[m] = false; mayHaveGone[m] = true; endAttempt(m, owner[m])
    :: else -> skip
    fi
}

/* One crash at any moment. At the start claims are free again, their attempts end, and recalls that were due are made. */
proctype Crash() {
    atomic {
        crashed = true;
        freeClaim(0); freeClaim(1);
        if
        :: recallDue -> recall()
        :: else -> skip
        fi
    }
}

/* Claims run out, and at last the window does: then the desk is told. */
proctype Time() {
    byte m;
end:
    do
    :: atomic {
            if
            :: holder[0] != 0 && !claimOver[0] -> m = 0
            :: holder[1] != 0 && !claimOver[1] -> m = 1
            fi;
            claimOver[m] = true; m = 0
        }
    od
}
#ifndef NO_WINDOW
proctype Window(byte m) {
end:
    do
    :: atomic { isLive(m) -> close(m, dead) }
    od
}
#endif

init {
    atomic {
        state[0] = queued;
        run Courier(1); run Fetch(3); run Partner(); run Withdrawal(); run Crash(); run Time();
#ifdef TWO_SENDERS
        run Courier(2);
#endif
#ifndef NO_WINDOW
        run Window(0); run Window(1)
#endif
    }
}

ltl settled { <> (isOver(0) && !isLive(1)) }
