"""Tenants never meet: whatever is called in whatever order, an answer holds its own tenant only.

Each client has a canary in its prompts, its keys, its configuration and its host's answers. Where
a mix-up could come of equal inputs (cache, idempotency keys, ids), all clients send the same.
"""

from __future__ import annotations

import csv
import itertools
import json
import random
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import pytest
from flask.testing import FlaskClient
from pydantic import BaseModel

from llama_marketing.app.container import Container
from llama_marketing.domain.chat.models import ChatCall, HostTarget, ServedModel
from llama_marketing.domain.errors import LlamaMarketingError, NotFound
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import UsageEntry, timestamp
from llama_marketing.domain.vocabulary import GenerationUseCase
from llama_marketing.testing.hosts import FakeChatHosts
from llama_marketing.testing.invariants import assert_books_agree
from llama_marketing.testing.waiting import InstantWaiting
from tests.dynamodb_local import LocalDynamo
from tests.integration.flask.app import SSE, client_path, frames, made_app
from tests.unit.app.samples import MONTH, StandingClock, books_of, post, settings

CLIENTS = {"1": ("1", "01", "a"), "10": ("1", "A", "a-"), "a": ("a", "A", "-a")}
"""Run together, or told apart by case alone, several of these would be the same."""
TENANTS = [
    TenantRef(organization, client) for organization, own in CLIENTS.items() for client in own
]
CANARY = re.compile(r"canary\d\dx")
SHARED_PROMPTS = ("Buen Fin en Café Azul", "Rebajas de enero")
SHARED_KEYS = ("k-1", "k-2")
SHARED_IDS = ("entry-1", "entry-2")
PROVIDERS = ("openai", "anthropic")
CALLS = 10_000


@attrs.define(eq=False)
class Owner:
    """One tenant, its canary, and what it was answered so far."""

    tenant: TenantRef
    number: int
    generations: list[str] = attrs.Factory(list)
    operations: set[str] = attrs.Factory(set)
    actions: list[str] = attrs.Factory(list)
    jobs: list[str] = attrs.Factory(list)
    rated: set[tuple[str, str]] = attrs.Factory(set)
    seen_canary: int = 0

    @property
    def canary(self) -> str:
        """The word that stands for this tenant; none is a part of another."""
        return f"canary{self.number:02}x"

    @property
    def form(self) -> dict[str, Any]:
        """A configuration: the canary in its key and system prompt, and a quota of its own."""
        return {
            "hostingProvider": "deepinfra",
            "apiKey": f"di-{self.canary}-0123456789abcdef",
            "enabled": True,
            "fallbackModelId": None,
            "parameters": {"systemPrompt": f"Eres {self.canary}."},
            "quotaMonthly": self.quota,
            "quotaUnit": "generations",
            "moderation": {"automatic": True},
        }

    @property
    def quota(self) -> int:
        """Generations a month: another number for each tenant."""
        return 5_000 + self.number

    @property
    def stars(self) -> int:
        """What this tenant's users think of everything."""
        return self.number % 5 + 1

    def asked(self, prompt: str, **fields: Any) -> dict[str, Any]:
        """A request, in the JSON's names."""
        return {"useCase": "social_post", "platform": "instagram", "prompt": prompt, **fields}


class Meeting(AssertionError):
    """An answer held something of another tenant."""


@attrs.define(eq=False)
class Driver:
    """Calls everything at random, and looks into every answer."""

    container: Container
    http: FlaskClient
    clock: StandingClock
    owners: list[Owner]
    done: dict[str, int] = attrs.Factory(dict)

    def run(self, seed: int, calls: int, seconds: float = 1) -> None:
        """Make that many calls, so far apart; a seed makes the same ones again."""
        chance = random.Random(seed)
        methods = [name for name in dir(self) if name.startswith("call_")]
        for _ in range(calls):
            owner, name = chance.choice(self.owners), chance.choice(methods)
            self.clock.go_on(seconds)
            try:
                answer = getattr(self, name)(owner, chance)
            except LlamaMarketingError as error:
                answer = [repr(error), error.user_message, vars(error)]
            self.look(owner, name, answer)
            self.done[name] = self.done.get(name, 0) + 1

    def look(self, owner: Owner, name: str, answer: object) -> None:
        """Raise Meeting unless every canary in an answer is the owner's."""
        found = set(CANARY.findall(_text(answer)))
        if found - {owner.canary}:
            raise Meeting(f"{name} of {owner.tenant} ({owner.canary}) answered {found}")
        owner.seen_canary += bool(found)

    def other_than(self, owner: Owner, chance: random.Random) -> Owner:
        """Somebody else."""
        return chance.choice([other for other in self.owners if other is not owner])

    # Configuration and keys ------------------------------------------------------------------

    def call_create(self, owner: Owner, _: random.Random) -> object:
        """Mostly refused, as there is one."""
        return self.container.config_service().create(owner.tenant, owner.form)

    def call_config(self, owner: Owner, _: random.Random) -> object:
        """Read it."""
        config = self.container.config_service().get(owner.tenant)
        assert (config.organization_id, config.client_id) == attrs.astuple(owner.tenant)
        assert owner.canary in config.parameters.system_prompt
        return config

    def call_update(self, owner: Owner, chance: random.Random) -> object:
        """Change something, with or without the key."""
        fields = {"cacheHours": chance.choice([1, 24]), "quotaMonthly": owner.quota}
        if chance.random() < 0.5:
            fields["apiKey"] = owner.form["apiKey"]
        return self.container.config_service().update(owner.tenant, fields)

    def call_make_anew(self, owner: Owner, chance: random.Random) -> object:
        """Forget it, now and then, and make it anew."""
        service = self.container.config_service()
        if chance.random() < 0.3:
            service.delete(owner.tenant)
        return service.create(owner.tenant, owner.form)

    def call_switch(self, owner: Owner, chance: random.Random) -> object:
        """Off and on again."""
        service = self.container.config_service()
        switched = service.set_enabled(owner.tenant, False)
        return switched, service.set_enabled(owner.tenant, True)

    def call_select_model(self, owner: Owner, chance: random.Random) -> object:
        """One of two."""
        chosen = chance.choice(["llama-3.3-70b-instruct", "llama-3.1-8b-instruct"])
        return self.container.config_service().select_model(owner.tenant, chosen)

    def call_validate(self, owner: Owner, _: random.Random) -> object:
        """With the kept key, and with a typed one."""
        service = self.container.config_service()
        kept = service.validate(owner.tenant)
        return kept, service.validate(owner.tenant, owner.form)

    def call_set_provider_key(self, owner: Owner, chance: random.Random) -> object:
        """The model is the canary."""
        return self.container.config_service().set_provider_key(
            owner.tenant,
            chance.choice(PROVIDERS),
            {"apiKey": f"sk-{owner.canary}-0123456789abcdef", "model": owner.canary},
        )

    def call_provider_keys(self, owner: Owner, chance: random.Random) -> object:
        """All, and one."""
        service = self.container.config_service()
        keys = service.provider_keys(owner.tenant)
        assert {key.model for key in keys} <= {owner.canary}
        return keys, service.provider_key(owner.tenant, chance.choice(PROVIDERS))

    def call_delete_provider_key(self, owner: Owner, chance: random.Random) -> object:
        """Forget one, now and then."""
        if chance.random() < 0.3:
            provider = chance.choice(PROVIDERS)
            self.container.config_service().delete_provider_key(owner.tenant, provider)
        return None

    def call_validate_provider_key(self, owner: Owner, chance: random.Random) -> object:
        """The host sees whose key it gets."""
        service = self.container.config_service()
        return service.validate_provider_key(owner.tenant, chance.choice(PROVIDERS))

    # Generating and reading again ------------------------------------------------------------

    def call_generate(self, owner: Owner, chance: random.Random) -> object:
        """The same words from everybody, or words of one's own."""
        prompt = chance.choice([*SHARED_PROMPTS, f"Promoción de {owner.canary}"])
        fields = {"bypassCache": chance.random() < 0.2, "variations": chance.choice([1, 1, 2])}
        answer = self.container.generation_service().generate(
            owner.tenant, owner.asked(prompt, **fields), user_id=owner.canary
        )
        self.generated(owner, answer.id, answer.content)
        return answer

    def call_stream(self, owner: Owner, chance: random.Random) -> object:
        """Read to its end, or left before."""
        stream = self.container.generation_service().stream(
            owner.tenant, owner.asked(chance.choice(SHARED_PROMPTS)), user_id=owner.canary
        )
        events = list(itertools.islice(stream, chance.choice([2, 1000])))
        stream.close()
        owner.operations.add(events[0].data["id"])
        return [event.data for event in events]

    def call_check(self, owner: Owner, _: random.Random) -> object:
        """Judge a text with the canary."""
        text = {"text": f"Hola {owner.canary}", "platform": "instagram"}
        return self.container.generation_service().check(owner.tenant, text)

    def call_history(self, owner: Owner, chance: random.Random) -> object:
        """From the start, and from another client's id."""
        service = self.container.generation_service()
        cursor = chance.choice(["", *self.other_than(owner, chance).generations[-1:]])
        page = service.history(owner.tenant, cursor, chance.choice([1, 20, 100]))
        shown = {item.id for item in page.items}
        others = [other for other in self.owners if other is not owner]
        assert all(shown.isdisjoint(other.generations) for other in others)
        return page

    def call_generation(self, owner: Owner, chance: random.Random) -> object:
        """One's own."""
        if not owner.generations:
            return None
        chosen = chance.choice(owner.generations)
        return self.container.generation_service().generation(owner.tenant, chosen)

    def call_delete_generation(self, owner: Owner, chance: random.Random) -> object:
        """One's own, now and then."""
        if owner.generations and chance.random() < 0.2:
            chosen = chance.choice(owner.generations)
            self.container.generation_service().delete_generation(owner.tenant, chosen)
        return None

    def call_for_what_is_anothers(self, owner: Owner, chance: random.Random) -> object:
        """Reading, deleting and looking up another client's generation finds nothing."""
        other = self.other_than(owner, chance)
        for stranger in other.generations[-3:]:
            generation, usage = self.container.generation_service(), self.container.usage_service()
            rate = partial(usage.rate, rating=owner.stars, user_id=owner.canary)
            for act in (generation.generation, generation.delete_generation, usage.entry, rate):
                with pytest.raises(NotFound) as refused:
                    act(owner.tenant, stranger)
                self.look(owner, "another's", repr(refused.value))
        return None

    # Moderation ------------------------------------------------------------------------------

    def call_moderate(self, owner: Owner, chance: random.Random) -> object:
        """Under ids that every client uses; what waits for a person holds the canary."""
        comments = [
            {"id": shared, "text": f"¿Abren hoy? {owner.canary}"}
            for shared in chance.sample(SHARED_IDS, chance.choice([1, 2]))
        ]
        answer = self.container.moderation_service().moderate(
            owner.tenant, {"comments": comments}, user_id=owner.canary
        )
        assert [each.comment_id for each in answer.results] == [each["id"] for each in comments]
        owner.operations.add(answer.id)
        owner.actions += [each.action_id for each in answer.results if each.action_id]
        return answer

    def call_pending_actions(self, owner: Owner, chance: random.Random) -> object:
        """From the start, and from another client's id."""
        service = self.container.moderation_service()
        cursor = chance.choice(["", *self.other_than(owner, chance).actions[-1:]])
        page = service.pending_actions(owner.tenant, cursor, chance.choice([1, 20, 100]))
        shown = {action.id for action in page.items}
        others = [other for other in self.owners if other is not owner]
        assert all(shown.isdisjoint(other.actions) for other in others)
        assert all(owner.canary in action.text for action in page.items)
        return page

    def call_resolve(self, owner: Owner, chance: random.Random) -> object:
        """One's own; another client's is not found."""
        service = self.container.moderation_service()
        decision = {"action": chance.choice(["hide", "escalate"]), "reason": owner.canary}
        for stranger in self.other_than(owner, chance).actions[-2:]:
            with pytest.raises(NotFound):
                service.resolve(owner.tenant, stranger, decision, owner.canary)
        if not owner.actions:
            return None
        return service.resolve(owner.tenant, chance.choice(owner.actions), decision, owner.canary)

    def call_job(self, owner: Owner, chance: random.Random) -> object:
        """One's own, handed in or looked at; another client's is not found."""
        service = self.container.moderation_service()
        for stranger in self.other_than(owner, chance).jobs[-2:]:
            with pytest.raises(NotFound):
                service.job(owner.tenant, stranger)
        comment = {"id": chance.choice(SHARED_IDS), "text": f"¿Abren hoy? {owner.canary}"}
        ticket = service.submit(owner.tenant, {"comments": [comment], "async": True})
        owner.jobs.append(ticket.job_id)
        return service.job(owner.tenant, ticket.job_id), service.summary(owner.tenant)

    # The books -------------------------------------------------------------------------------

    def call_record(self, owner: Owner, chance: random.Random) -> object:
        """Under an id that every client uses."""
        noon = self.clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
        entry = UsageEntry(
            id=chance.choice(SHARED_IDS),
            client_id=owner.tenant.client_id,
            timestamp=timestamp(noon),
            use_case=GenerationUseCase.AD_COPY,
            model=f"model-{owner.canary}",
            provider="openai",
            tokens_input=owner.number,
            tokens_output=1,
            latency_ms=10,
            user_id=owner.canary,
        )
        self.container.usage_service().record(owner.tenant, entry)
        owner.operations.add(entry.id)
        return None

    def call_entry(self, owner: Owner, chance: random.Random) -> object:
        """By an id that every client uses, or by one's own."""
        chosen = chance.choice([*SHARED_IDS, *owner.generations[-5:]])
        entry = self.container.usage_service().entry(owner.tenant, chosen)
        assert entry.client_id == owner.tenant.client_id
        return entry

    def call_summary(self, owner: Owner, _: random.Random) -> object:
        """The month."""
        return self.container.usage_service().summary(owner.tenant)

    def call_quota(self, owner: Owner, _: random.Random) -> object:
        """Its own number, or none while there is no configuration."""
        status = self.container.usage_service().quota_status(owner.tenant)
        assert status.quota in (None, owner.quota)
        return status

    def call_sweep(self, owner: Owner, _: random.Random) -> object:
        """Nothing has expired."""
        report = self.container.usage_service().sweep(owner.tenant)
        assert report.swept == 0
        return report

    def call_organization_summary(self, owner: Owner, _: random.Random) -> object:
        """The clients of its own organization alone, some of whose ids others have too."""
        organization = owner.tenant.organization_id
        summary = self.container.usage_service().organization_summary(organization)
        assert {client.client_id for client in summary.clients} <= {*CLIENTS[organization]}
        return summary

    def call_reconcile(self, owner: Owner, chance: random.Random) -> object:
        """Now and then: its own books alone, and read beside whatever runs."""
        if chance.random() < 0.7:
            return None
        report = self.container.usage_service().reconcile(owner.tenant)
        assert report.tenants == 1
        for found in report.differences:
            assert (found.organization_id, found.client_id) == attrs.astuple(owner.tenant)
        return report

    def call_compare(self, owner: Owner, _: random.Random) -> object:
        """Its own providers, from its own roll-ups."""
        told = self.container.comparison_service().compare(owner.tenant)
        assert told.client_id == owner.tenant.client_id
        return told

    def call_export(self, owner: Owner, chance: random.Random) -> object:
        """Now and then: a line for each of its own entries alone."""
        if chance.random() < 0.95:
            return None
        lines = list(self.container.usage_service().export_csv(owner.tenant))
        rows = list(csv.DictReader(lines))
        # An id that begins with a minus has an apostrophe before it there.
        ids = {row["clientId"].removeprefix("'") for row in rows}
        assert ids <= {owner.tenant.client_id}
        return lines

    def call_rate(self, owner: Owner, chance: random.Random) -> object:
        """By an id that every client uses, or one's own; by a user whom every client has."""
        chosen = chance.choice([*SHARED_IDS, *owner.generations[-5:]])
        user_id = chance.choice(["shared", owner.canary])
        rated = self.container.usage_service().rate(
            owner.tenant, chosen, owner.stars, user_id=user_id
        )
        assert rated.average_rating == owner.stars
        owner.rated.add((chosen, user_id))
        return rated

    # The HTTP door ---------------------------------------------------------------------------

    def call_http_generate(self, owner: Owner, chance: random.Random) -> object:
        """Under an idempotency key that every client uses, with the same body."""
        key, prompt = chance.choice([*zip(SHARED_KEYS, SHARED_PROMPTS, strict=True)])
        return self.posted(owner, {"X-Idempotency-Key": key}, prompt)

    def call_http_stream(self, owner: Owner, chance: random.Random) -> object:
        """As events, with and without a shared key."""
        keyed = {"X-Idempotency-Key": "k-stream"} if chance.random() < 0.5 else {}
        answer = self.http.post(
            f"{client_path(owner.tenant)}/ai/meta/generate",
            json=owner.asked(SHARED_PROMPTS[0]),
            headers={**SSE, **keyed},
        )
        for event, data in frames(answer.text):
            if event == "start":
                owner.operations.add(data["id"])
        return answer.text

    def call_http_reads(self, owner: Owner, chance: random.Random) -> object:
        """Every view."""
        meta = "ai-providers/meta"
        path = chance.choice(["ai-providers", meta, f"{meta}/usage", "ai/meta/generations"])
        return self.http.get(f"{client_path(owner.tenant)}/{path}").text

    def call_http_for_what_is_anothers(self, owner: Owner, chance: random.Random) -> object:
        """404, whatever is done to it."""
        answers = []
        for stranger in self.other_than(owner, chance).generations[-1:]:
            path = f"{client_path(owner.tenant)}/ai/meta/generations/{stranger}"
            for method, what in (("GET", ""), ("DELETE", ""), ("POST", "/feedback")):
                body = {"rating": owner.stars} if method == "POST" else None
                answer = self.http.open(path + what, method=method, json=body)
                assert answer.status_code == 404
                answers.append(answer.text)
        return answers

    def call_http_feedback(self, owner: Owner, chance: random.Random) -> object:
        """Of one's own, by the one user of the door."""
        if not owner.generations:
            return None
        chosen = chance.choice(owner.generations[-5:])
        path = f"{client_path(owner.tenant)}/ai/meta/generations/{chosen}/feedback"
        answer = self.http.post(path, json={"rating": owner.stars})
        assert answer.status_code == 200
        owner.rated.add((chosen, "door"))
        return answer.text

    def posted(self, owner: Owner, headers: dict[str, str], prompt: str) -> str:
        """Generate over HTTP."""
        path = f"{client_path(owner.tenant)}/ai/meta/generate"
        answer = self.http.post(path, json=owner.asked(prompt), headers=headers)
        assert answer.status_code != 422, "the key was used with another body: by somebody else"
        if answer.status_code == 200:
            body = json.loads(answer.data)
            self.generated(owner, body["id"], body["content"])
        return answer.text

    def generated(self, owner: Owner, generation_id: str, content: str) -> None:
        """Remember what belongs to whom."""
        assert owner.canary in content
        owner.generations.append(generation_id)
        owner.operations.add(generation_id)

    # At the end ------------------------------------------------------------------------------

    def assert_the_books_are_everybodys_own(self) -> None:
        """As many operations as each one made, and the sums agree."""
        for owner in self.owners:
            summary = self.container.usage_service().summary(owner.tenant)
            assert summary.total_requests == len(owner.operations), owner
            month = books_of(self.container).month_rollup(owner.tenant, MONTH)
            assert month.ratings == len(owner.rated), owner
            assert month.rating_sum == owner.stars * len(owner.rated), owner
            assert owner.seen_canary > 10, "the canaries would show"
            assert_books_agree(books_of(self.container), owner.tenant, MONTH)


def _text(answer: object) -> str:
    """All that an answer shows: its repr, and its JSON where it has one."""
    if isinstance(answer, BaseModel):
        return repr(answer) + answer.model_dump_json()
    if isinstance(answer, list | tuple):
        return "\n".join(_text(part) for part in answer)
    return answer if isinstance(answer, str) else repr(answer)


@attrs.define(eq=False)
class EchoingHost:
    """Answers with the canary of the key that it got, and notes any other in the prompt."""

    meetings: list[str] = attrs.Factory(list)

    def __call__(self, target: HostTarget, call: ChatCall) -> str:
        """One reply."""
        assert target.key is not None
        (canary,) = CANARY.findall(target.key.reveal())
        said = set(CANARY.findall("\n".join(message.content for message in call.messages)))
        if said - {canary}:
            self.meetings.append(f"the key of {canary} came with {said}")
        return post(f"Buen Fin de {canary}: 2x1 en capuchinos.")


@contextmanager
def driver_over(store: str, session: Any = None) -> Iterator[tuple[Driver, EchoingHost]]:
    """A driver over a store in which every tenant is configured; ``session`` is boto3's."""
    host, clock = EchoingHost(), StandingClock()
    served = [ServedModel("meta-llama/Llama-3.3-70B-Instruct")]
    chat = FakeChatHosts(otherwise=host, served=served)
    owners = [Owner(tenant, number) for number, tenant in enumerate(TENANTS)]
    waiting = InstantWaiting(clock.go_on)
    own = settings(LLAMA_MARKETING_STORE=store)
    with Container.from_settings(
        own, chat=chat, clock=clock, waiting=waiting, aws_session=session
    ) as container:
        for owner in owners:
            container.config_service().create(owner.tenant, owner.form)
        _, http = made_app(container)
        yield Driver(container, http, clock, owners), host


@attrs.frozen
class Place:
    """An empty store, and what opens it."""

    address: str
    session: Any = None


@pytest.fixture(params=["memory", "sqlite", "dynamodb"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A store of each kind."""
    if request.param == "memory":
        return Place("memory://")
    if request.param == "sqlite":
        return Place(f"sqlite:///{tmp_path / 'store.db'}")
    server: LocalDynamo = request.getfixturevalue("dynamodb_local")
    return Place(server.address(server.new_table()), server.session)


@pytest.mark.slow
def test_every_answer_of_ten_thousand_random_calls_is_its_own_tenants(place: Place) -> None:
    """And every method was called, no host got another's prompt, and each one's books are right."""
    with driver_over(place.address, place.session) as (driver, host):
        driver.run(seed=20261128, calls=CALLS)

        assert sum(driver.done.values()) == CALLS
        assert min(driver.done.values()) > CALLS // 50, driver.done
        assert host.meetings == []
        driver.assert_the_books_are_everybodys_own()


@pytest.mark.slow
def test_nor_do_tenants_meet_when_their_calls_run_at_the_same_time(place: Place) -> None:
    """What the services share between threads belongs to nobody."""
    opened = driver_over(place.address, place.session)
    with opened as (driver, host), ThreadPoolExecutor(4) as threads:
        # At one moment: another thread's seconds must not be the end of anybody's deadline.
        list(threads.map(lambda seed: driver.run(seed, CALLS // 20, seconds=0), range(4)))

        assert host.meetings == []
        driver.assert_the_books_are_everybodys_own()


def test_a_meeting_would_be_seen() -> None:
    """The control: another client's canary in an answer is found, wherever it stands."""
    with driver_over("memory://") as (driver, _):
        one, other = driver.owners[:2]
        config = driver.container.config_service().get(other.tenant)
        for answer in (config, [None, (config,)], {"x": other.canary}, f"a {other.canary} b"):
            with pytest.raises(Meeting):
                driver.look(one, "control", answer)
        driver.look(other, "control", config)
        assert other.seen_canary == 1
