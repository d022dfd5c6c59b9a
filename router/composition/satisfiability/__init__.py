"""Can every query that the API allows be answered by the subgraphs?

Theory. An object of the response is reached at *positions*: in which subgraph, as which type, with which fields
provided on the way. From one position others can be entered by keys (`reach.py`); a field can be had when some position
within reach resolves it, which leads to positions of its value. The walk (`walk.py`) goes from the roots through every
field of the API, remembering each object type with the positions it was reached at: more positions only make more
possible, so what holds for some of them needs no second look with more. A field nobody within reach resolves is the
fault, and `explain.py` says which query would fail and why.
"""

from __future__ import annotations

from router.composition.merge import Merged
from router.composition.outcome import CompositionFailed, Fault, Hint
from router.composition.satisfiability.positions import Ownership
from router.composition.satisfiability.walk import Walk

FAULTS_MAX = 100
"""No more unsatisfiable queries than this are told; the rest mostly repeat their causes."""


def check(merged: Merged) -> tuple[Hint, ...]:
    """Refuse a supergraph with queries nobody can answer; raises CompositionFailed, else answers hints on the way.

    A progressive @override must be satisfiable both before and after it takes effect.
    """
    faults: dict[str, Fault] = {}
    hints: dict[str, Hint] = {}
    for labels_active in (True, False) if Ownership.has_labels(merged) else (True,):
        walk = Walk(merged, Ownership.of(merged, labels_active=labels_active), faults_max=FAULTS_MAX)
        for fault in walk.faults():
            faults.setdefault(fault.message, fault)
        hints |= walk.hints
    if faults:
        raise CompositionFailed(tuple(faults.values())[:FAULTS_MAX])
    return tuple(hints.values())
