"""What router.yaml may say, section by section. Key names are Apollo Router's where the meaning is the same.

Durations are text with a unit ("500ms", "30s", "2m"); sizes are bytes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal

from router.settings.reading import Duration, read

Http2 = Literal["enable", "disable", "http2only"]


@dataclass(frozen=True, slots=True)
class SupergraphSettings:
    """`supergraph`: where to listen and what of the schema to show."""

    listen: str = "127.0.0.1:4000"
    path: str = "/graphql"
    introspection: bool = True
    defer_support: bool = True


@dataclass(frozen=True, slots=True)
class Propagate:
    """Hand a client's header on: by `named`, or all that are `matching` a regular expression."""

    named: str | None = None
    matching: str | None = None
    rename: str | None = None
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Insert:
    """Send a header of our own: a `value`, or what the router knows of the request, such as `client_address`."""

    name: str
    value: str | None = None
    from_context: str | None = None


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a header away again that an earlier rule handed on."""

    named: str | None = None
    matching: str | None = None


@dataclass(frozen=True, slots=True)
class HeaderRule:
    """One rule of a `request` list; exactly one of the three."""

    propagate: Propagate | None = None
    insert: Insert | None = None
    remove: Remove | None = None

    def __post_init__(self) -> None:
        if sum(each is not None for each in (self.propagate, self.insert, self.remove)) != 1:
            raise ValueError("must hold exactly one of propagate, insert, remove")


@dataclass(frozen=True, slots=True)
class HeaderRules:
    """The rules of one subgraph, or of all, in order."""

    request: tuple[HeaderRule, ...] = ()


@dataclass(frozen=True, slots=True)
class HeadersSettings:
    """`headers`: which headers subgraphs receive."""

    all: HeaderRules = HeaderRules()
    subgraphs: Mapping[str, HeaderRules] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClientAddress:
    """`client_address`: the networks whose X-Forwarded-For is believed, such as a load balancer's."""

    trusted_proxies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RouterTraffic:
    """What holds for a whole client request."""

    timeout: Duration = Duration(60_000)


@dataclass(frozen=True, slots=True)
class SubgraphTraffic:
    """How one subgraph is called; what is not said here is as `traffic_shaping.all` says."""

    timeout: Duration | None = None
    connect_timeout: Duration | None = None
    deduplicate_query: bool | None = None
    connections_max: int | None = None
    response_bytes_max: int | None = None
    experimental_http2: Http2 | None = None


@dataclass(frozen=True, slots=True)
class TrafficSettings:
    """`traffic_shaping`: time-outs, in-flight sharing, and limits towards subgraphs."""

    router: RouterTraffic = RouterTraffic()
    all: SubgraphTraffic = SubgraphTraffic()
    subgraphs: Mapping[str, SubgraphTraffic] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SubgraphTls:
    """Whom to trust behind https: certificates in PEM, instead of the system's."""

    certificate_authorities: str | None = None


@dataclass(frozen=True, slots=True)
class SubgraphsTls:
    """`tls.subgraph`; what is not said for one subgraph is as `all` says."""

    all: SubgraphTls = SubgraphTls()
    subgraphs: Mapping[str, SubgraphTls] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tls:
    """`tls`."""

    subgraph: SubgraphsTls = SubgraphsTls()


@dataclass(frozen=True, slots=True)
class IncludeErrors:
    """`include_subgraph_errors`: whether clients see subgraphs' own messages and extensions."""

    all: bool = True
    subgraphs: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClaimMap:
    """What a claim grants: each of its values gives what `map` says of it; without a map, itself.

    `claim` is a claim's name, or a path of names with dots between them.
    """

    claim: str
    map: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Jwks:
    """An issuer of tokens: where its public keys are, an http(s) or file URL, and what its tokens grant.

    With `scopes`, the scopes that a token names itself count for nothing.
    """

    url: str
    issuer: str | None = None
    audience: str | None = None
    algorithms: tuple[str, ...] = ("ES256",)
    poll_interval: Duration = Duration(60_000)
    scopes: ClaimMap | None = None
    policies: ClaimMap | None = None


@dataclass(frozen=True, slots=True)
class Jwt:
    """`authentication.router.jwt`: how a client's token is found and checked."""

    jwks: tuple[Jwks, ...] = ()
    header_name: str = "Authorization"
    header_value_prefix: str = "Bearer"


@dataclass(frozen=True, slots=True)
class RouterAuthentication:
    """`authentication.router`."""

    jwt: Jwt | None = None


@dataclass(frozen=True, slots=True)
class SignatureSettings:
    """`signature`: the secret that the router shares with a subgraph; empty is none."""

    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SubgraphProof:
    """How the router shows one subgraph, or all, that it is the router."""

    signature: SignatureSettings = SignatureSettings()


@dataclass(frozen=True, slots=True)
class SubgraphAuthentication:
    """`authentication.subgraph`."""

    all: SubgraphProof = SubgraphProof()
    subgraphs: Mapping[str, SubgraphProof] = field(default_factory=dict)

    def secret_of(self, name: str) -> str | None:
        """The secret shared with a subgraph; None where its requests go unsigned."""
        own = self.subgraphs.get(name)
        return (own.signature.secret if own is not None else None) or self.all.signature.secret or None


@dataclass(frozen=True, slots=True)
class Authentication:
    """`authentication`: who clients are to the router, and who the router is to subgraphs."""

    router: RouterAuthentication = RouterAuthentication()
    subgraph: SubgraphAuthentication = SubgraphAuthentication()


@dataclass(frozen=True, slots=True)
class Directives:
    """`authorization.directives`."""

    enabled: bool = True
    reject_unauthorized: bool = False


@dataclass(frozen=True, slots=True)
class Authorization:
    """`authorization`: the policies every request is granted stand in `policies`."""

    require_authentication: bool = False
    directives: Directives = Directives()
    policies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """`limits`: what an operation and a request may weigh. None is no limit."""

    max_depth: int | None = 60
    max_height: int | None = None
    max_aliases: int | None = 500
    max_root_fields: int | None = 200
    parser_max_tokens: int = 15_000
    parser_max_recursion: int = 500
    http_max_request_bytes: int = 2_000_000
    introspection_max_depth: int = 30


@dataclass(frozen=True, slots=True)
class Cors:
    """`cors`: which web pages may ask. Without origins, none but our own."""

    allow_any_origin: bool = False
    origins: tuple[str, ...] = ()
    allow_credentials: bool = False
    allow_headers: tuple[str, ...] = ()
    methods: tuple[str, ...] = ("GET", "POST", "OPTIONS")
    expose_headers: tuple[str, ...] = ()
    max_age: Duration | None = None


@dataclass(frozen=True, slots=True)
class Csrf:
    """`csrf`: simple requests (no preflight) need one of these headers."""

    unsafe_disabled: bool = False
    required_headers: tuple[str, ...] = ("apollo-require-preflight", "x-apollo-operation-name")


@dataclass(frozen=True, slots=True)
class Toggle:
    """A feature that is on or off."""

    enabled: bool = True


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """`health_check`."""

    enabled: bool = True
    path: str = "/health"


@dataclass(frozen=True, slots=True)
class Plugins:
    """`plugins`: only what Apollo Router keeps there and clients ask for by name."""

    expose_query_plan: bool = False
    expose_fetches: bool = False

    written: ClassVar[Mapping[str, str]] = {
        "experimental.expose_query_plan": "expose_query_plan",
        "experimental.expose_fetches": "expose_fetches",
    }


@dataclass(frozen=True, slots=True)
class Planning:
    """`query_planning`: how much planning may remember and cost."""

    cache_entries_max: int = 1024
    warmed_up_queries: int = 64


@dataclass(frozen=True, slots=True)
class Homepage:
    """`sandbox`: the page at `/`, static files of the playground."""

    enabled: bool = True
    directory: str = "clients/playground/dist"


@dataclass(frozen=True, slots=True)
class UsageExport:
    """`telemetry.usage`: which operations which clients send, appended to `file` for `router check`."""

    file: str | None = None
    interval: Duration = Duration(60_000)
    entries_max: int = 20_000
    file_bytes_max: int = 100_000_000
    files_max: int = 5
    client_name_header: str = "apollographql-client-name"
    client_version_header: str = "apollographql-client-version"


@dataclass(frozen=True, slots=True)
class Telemetry:
    """`telemetry`: the access log, and what is counted."""

    access_log: bool = False
    usage: UsageExport = UsageExport()


@dataclass(frozen=True, slots=True)
class Passthrough:
    """How one subgraph, or all, are subscribed at by WebSocket: at `path` of their URL."""

    path: str = "/ws"
    protocol: Literal["graphql_ws"] = "graphql_ws"


@dataclass(frozen=True, slots=True)
class Passthroughs:
    """`subscription.mode.passthrough`; subgraphs not named here are asked by HTTP."""

    all: Passthrough | None = None
    subgraphs: Mapping[str, Passthrough] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SubscriptionMode:
    """`subscription.mode`."""

    passthrough: Passthroughs = Passthroughs()


@dataclass(frozen=True, slots=True)
class ClientWebSocket:
    """`subscription.websocket`: clients' WebSockets, at the path of GraphQL."""

    enabled: bool = True
    init_timeout: Duration = Duration(10_000)
    operations_max: int = 100


@dataclass(frozen=True, slots=True)
class SubscriptionSettings:
    """`subscription`: what is answered more than once, and within which limits."""

    enabled: bool = True
    mode: SubscriptionMode = SubscriptionMode()
    max_opened_subscriptions: int | None = 10_000
    queue_capacity: int = 128
    heartbeat_interval: Duration = Duration(5_000)
    websocket: ClientWebSocket = ClientWebSocket()


@dataclass(frozen=True, slots=True)
class HotReload:
    """`hot_reload`: how often the supergraph file is looked at."""

    enabled: bool = True
    poll_interval: Duration = Duration(2_000)


@dataclass(frozen=True, slots=True)
class Settings:
    """All of router.yaml."""

    supergraph: SupergraphSettings = SupergraphSettings()
    headers: HeadersSettings = HeadersSettings()
    client_address: ClientAddress = ClientAddress()
    override_subgraph_url: Mapping[str, str] = field(default_factory=dict)
    traffic_shaping: TrafficSettings = TrafficSettings()
    tls: Tls = Tls()
    include_subgraph_errors: IncludeErrors = IncludeErrors()
    authentication: Authentication = Authentication()
    authorization: Authorization = Authorization()
    limits: Limits = Limits()
    cors: Cors = Cors()
    csrf: Csrf = Csrf()
    health_check: HealthCheck = HealthCheck()
    sandbox: Homepage = Homepage()
    plugins: Plugins = Plugins()
    query_planning: Planning = Planning()
    telemetry: Telemetry = Telemetry()
    hot_reload: HotReload = HotReload()
    subscription: SubscriptionSettings = SubscriptionSettings()

    @staticmethod
    def load(path: Path, environment: Mapping[str, str] | None = None) -> Settings:
        """Read a router.yaml. Raises SettingsError."""
        return Settings.parse(path.read_text("utf-8"), str(path), environment)

    @staticmethod
    def parse(text: str, name: str = "router.yaml", environment: Mapping[str, str] | None = None) -> Settings:
        """Read the text of a router.yaml; `name` is for messages. Raises SettingsError."""
        return read(Settings, text, name, os.environ if environment is None else environment)
