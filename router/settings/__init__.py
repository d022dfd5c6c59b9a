"""The router's configuration: what router.yaml may say (`sections`), and how it is read (`reading`)."""

from router.settings.reading import Duration, SettingsError
from router.settings.sections import (
    ClaimMap,
    Cors,
    Csrf,
    HeaderRule,
    HeadersSettings,
    Http2,
    Jwks,
    Jwt,
    Limits,
    Propagate,
    Settings,
    SubgraphTraffic,
    UsageExport,
)

__all__ = [
    "ClaimMap",
    "Cors",
    "Csrf",
    "Duration",
    "HeaderRule",
    "HeadersSettings",
    "Http2",
    "Jwks",
    "Jwt",
    "Limits",
    "Propagate",
    "Settings",
    "SettingsError",
    "SubgraphTraffic",
    "UsageExport",
]
