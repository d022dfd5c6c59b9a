"""Composes what a configuration names: the whole supergraph, or one of its contracts."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from router.composition import Composed, Outcome, Refused, Source, compose
from router.contracts import contract as make
from router.sources.config import BadConfig, Config, Contract, Problem


def contract_of(config: Config, name: str | None) -> Contract | None:
    """Answer the contract of that name; None for no name. Raises BadConfig when the configuration has none such."""
    if name is None:
        return None
    named = {contract.name: contract for contract in config.contracts}
    if name not in named:
        near = difflib.get_close_matches(name, named, 1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        raise BadConfig(config.path, [Problem(f"contracts.{name}", 0, f"there is no such contract{hint}")])
    return named[name]


def composed(sources: Sequence[Source], contract: Contract | None) -> Outcome:
    """Compose the sources, and of that the contract."""
    whole = compose(sources)
    match whole:
        case Refused():
            return whole
        case Composed(sdl, hints):
            if contract is None:
                return whole
            variant = make(
                sdl, contract.include, contract.exclude, hide_unreachable_types=contract.hide_unreachable_types
            )
            return variant if isinstance(variant, Refused) else Composed(variant.sdl, (*hints, *variant.hints))
