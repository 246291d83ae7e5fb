"""The checks of ``llama-marketing doctor``.

Each check opens a container whose settings are harmless but for the one that is checked, so
that a fault is told where it lies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import attrs

from llama_marketing.adapters.cli.session import Session, throwaway_key
from llama_marketing.app.container import Container
from llama_marketing.app.settings import ENCRYPTION_KEY, Settings
from llama_marketing.app.validation import ValidationOutcome
from llama_marketing.domain.errors import LlamaMarketingError
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.vocabulary import Platform

OK = "ok"
WARNING = "aviso"
FAILED = "fallo"
NOBODY = TenantRef("doctor", "doctor")
"""A tenant that only reads; nothing is ever written for it."""


@attrs.frozen
class Check:
    """What came of one check: ``ok``, ``aviso`` or ``fallo``, and a Spanish sentence."""

    name: str
    state: str
    detail: str


Finding = tuple[str, str]


@attrs.frozen(kw_only=True)
class Checkup:
    """Runs the checks of one session; ``verbose`` adds the English detail of a fault."""

    session: Session
    verbose: bool = False

    def run(self, tenant: TenantRef | None = None) -> list[Check]:
        """Every check in order; a tenant's host is called for real."""
        try:
            settings = Settings.from_env(self.session.environ, require_key=False)
        except LlamaMarketingError as error:
            return [Check("Variables", FAILED, self._told(error))]
        checks = [
            Check("Variables", OK, "Todas las variables se entienden."),
            self._check("Llave", lambda: self._key(settings)),
            self._check("Almacenamiento", lambda: self._store(settings)),
            self._check("Zona horaria", lambda: self._zone(settings)),
            self._check("Catálogo", lambda: self._catalog(settings)),
            self._check("Límites", lambda: self._limits(settings)),
            self._check("Endpoints propios", lambda: self._endpoints(settings)),
        ]
        if tenant is not None:
            checks.append(self._check(f"Cliente {tenant}", lambda: self._client(settings, tenant)))
        return checks

    def _check(self, name: str, find: Callable[[], Finding]) -> Check:
        try:
            state, detail = find()
        except LlamaMarketingError as error:
            return Check(name, FAILED, self._told(error))
        return Check(name, state, detail)

    def _told(self, error: LlamaMarketingError) -> str:
        detail = f" {error}" if self.verbose else ""
        return f"{error.user_message} ({error.code}){detail}"

    def _harmless(self, **checked: Any) -> Container:
        base: dict[str, Any] = {"encryption_keys": (throwaway_key(),), "store": "memory://"}
        return self.session.make_container(Settings(**base | checked))

    def _key(self, settings: Settings) -> Finding:
        if not settings.encryption_keys:
            return FAILED, f"Falta la variable {ENCRYPTION_KEY.name}."
        with self._harmless(encryption_keys=settings.encryption_keys):
            number = len(settings.encryption_keys)
        if number == 1:
            return OK, "La llave es válida."
        return OK, f"Las {number} llaves son válidas; sella la primera."

    def _store(self, settings: Settings) -> Finding:
        with self._harmless(store=settings.store) as container:
            container.usage_service().quota_status(NOBODY)
        return OK, f"{settings.store} abre y responde."

    def _zone(self, settings: Settings) -> Finding:
        with self._harmless(timezone=settings.timezone):
            return OK, f"Días y meses se cortan en {settings.timezone}."

    def _catalog(self, settings: Settings) -> Finding:
        with self._harmless(catalog_folder=settings.catalog_folder) as container:
            service = container.catalog_service()
            catalog, stale = service.catalog.catalog(), service.stale()
        number = f"{len(catalog.models)} modelos y {len(catalog.hosts)} proveedores"
        if not stale:
            return OK, f"{number}, todos revisados en los últimos 90 días."
        kinds = Counter(type(row).__name__ for row in stale)
        listed = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        return WARNING, f"{number}; sin revisar desde hace más de 90 días: {listed}."

    def _limits(self, settings: Settings) -> Finding:
        with self._harmless(catalog_folder=settings.catalog_folder) as container:
            service = container.generation_service()
            for platform in Platform:
                service.check(NOBODY, {"text": "Hola", "platform": platform})
        return OK, f"Hay límites para {len(Platform)} plataformas."

    def _endpoints(self, settings: Settings) -> Finding:
        with self._harmless(allowed_endpoints=settings.allowed_endpoints):
            allowed = settings.allowed_endpoints or "ninguno"
        return OK, f"Permitidos además de los públicos con https: {allowed}."

    def _client(self, settings: Settings, tenant: TenantRef) -> Finding:
        with self.session.make_container(settings) as container:
            service = container.config_service()
            config = service.get(tenant)
            result = service.validate(tenant)
        state = OK if result.outcome is ValidationOutcome.OK else FAILED
        if state == OK and not config.enabled:
            state = WARNING
        off = "" if config.enabled else " Meta AI está desactivado para este cliente."
        host = f"{config.hosting_provider}, {config.selected_model_id}"
        return state, f"{host}: {result.message} ({result.outcome.value}){off}"
