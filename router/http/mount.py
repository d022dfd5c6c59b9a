"""The router inside another ASGI application, with subgraphs called in-process: `mount(sdl, {"users": users_app})`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from router.http.app import App
from router.http.serving import PlannerFor, Serving, planner_for
from router.settings import Settings


def mount(
    supergraph: str,
    subgraphs: Mapping[str, Any],
    settings: Settings | None = None,
    *,
    planner: PlannerFor = planner_for,
) -> App:
    """An ASGI application that answers for a supergraph.

    `subgraphs` maps names to ASGI applications, called at the path of the subgraph's URL; those not named are called
    over HTTP at that URL. It starts with the lifespan or, where nobody runs one, with the first request.
    """
    settings = settings or Settings()
    serving = Serving(settings, lambda: supergraph, mounted=subgraphs, planner=planner)
    return App(settings, serving, start=serving.start, stop=serving.stop)
