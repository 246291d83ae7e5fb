"""Admission: who may generate what, what a hold is for, and how the quota decides."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llama_marketing.app.container import Container
from llama_marketing.domain.chat.models import ChatReply, FinishReason, ReportedUsage
from llama_marketing.domain.errors import (
    Disabled,
    HostRetired,
    InvalidRequest,
    LlamaMarketingError,
    NotConfigured,
    QuotaExceeded,
    StoreUnavailable,
    UseCaseDisabled,
)
from llama_marketing.domain.generation.models import GenerationRequest
from llama_marketing.domain.usage.books import Hold
from llama_marketing.domain.usage.entries import Basis, Outcome
from llama_marketing.domain.vocabulary import QuotaUnit
from llama_marketing.testing.hosts import FakeChatHosts
from tests.unit.app.samples import (
    ASKED,
    COPY,
    OTHER,
    TENANT,
    StandingClock,
    books_of,
    configure,
    container_over,
    counter_of,
    entries_of,
    holds_of,
    hosts_of,
    post,
    priced_catalog,
    settled_entry,
)


def generate(container: Container, **fields: Any) -> Any:
    """Generate the usual request."""
    return container.generation_service().generate(TENANT, ASKED | fields)


def assert_refused(
    container: Container, error: type[LlamaMarketingError], code: str, **fields: Any
) -> LlamaMarketingError:
    """Nothing is called, held or booked."""
    with pytest.raises(error) as raised:
        generate(container, **fields)
    assert raised.value.code == code
    assert entries_of(container) == []
    assert holds_of(container) == []
    assert hosts_of(container).calls == []
    assert container.generation_service().history(TENANT).items == ()
    return raised.value


# Who may -------------------------------------------------------------------------------------


def test_a_client_without_configuration_is_told_where_to_make_one() -> None:
    with container_over() as container:
        configure(container, OTHER)
        error = assert_refused(container, NotConfigured, "not_configured")
        assert error.user_message == "Configure Meta AI en Settings > AI"


def test_a_disabled_configuration_and_a_disabled_use_case_have_their_own_codes() -> None:
    with container_over() as container:
        configure(container, enabled=False)
        assert_refused(container, Disabled, "disabled")
        off = [{"useCase": "social_post", "enabled": False}]
        container.config_service().update(TENANT, {"enabled": True, "useCases": off})
        assert_refused(container, UseCaseDisabled, "use_case_disabled")


@pytest.mark.parametrize("use_case", ["comment_moderation"])
def test_a_use_case_that_cannot_be_generated_yet_is_an_invalid_request(use_case: str) -> None:
    with container_over() as container:
        configure(container)
        error = assert_refused(container, InvalidRequest, "invalid_request", use_case=use_case)
        assert "no está disponible" in error.user_message


def test_a_platform_that_a_use_case_is_not_written_for_is_an_invalid_request() -> None:
    """There are no ads on WhatsApp."""
    with container_over() as container:
        configure(container)
        asked = {"use_case": "ad_copy", "platform": "whatsapp"}
        error = assert_refused(container, InvalidRequest, "invalid_request", **asked)
        assert isinstance(error, InvalidRequest)
        assert error.issues == (("platform", "not a platform of ad_copy"),)


def test_an_analysis_without_a_picture_is_an_invalid_request() -> None:
    with container_over() as container:
        configure(container, selected_model_id="llama-3.2-11b-vision-instruct")
        error = assert_refused(
            container, InvalidRequest, "invalid_request", use_case="image_analysis"
        )
        assert error.user_message.startswith("Falta la imagen que se va a analizar.")


def test_another_clients_request_is_refused_and_ones_own_is_not() -> None:
    with container_over() as container:
        configure(container)
        assert_refused(container, InvalidRequest, "invalid_request", client_id="cli2")
        assert generate(container, client_id="cli1").content


def test_a_retired_host_is_refused_before_anything_is_held() -> None:
    with container_over() as container:
        configure(container, hosting_provider="meta_ai")
        assert_refused(container, HostRetired, "host_retired")


def test_a_prompt_larger_than_the_window_is_refused_in_spanish() -> None:
    with container_over() as container:
        configure(container, advanced={"contextWindow": 512})
        error = assert_refused(container, InvalidRequest, "invalid_request", prompt="café " * 900)
        assert "demasiado largo" in error.user_message


@pytest.mark.parametrize("user_id", ["x" * 257, "\ud800", 5, None])
def test_a_user_id_is_a_text_of_at_most_256_characters(user_id: Any) -> None:
    with container_over() as container:
        configure(container)
        for act in (
            container.generation_service().generate,
            container.generation_service().stream,
        ):
            with pytest.raises(InvalidRequest) as raised:
                act(TENANT, ASKED, user_id=user_id)
            assert raised.value.issues[0][0] == "userId"
        assert entries_of(container) == []
        container.generation_service().generate(TENANT, ASKED, user_id="ñ" * 256)
        assert settled_entry(container).user_id == "ñ" * 256


def test_a_request_without_platform_is_for_facebook() -> None:
    with container_over() as container:
        configure(container)
        asked = {"use_case": "social_post", "prompt": "Buen Fin"}
        answer = container.generation_service().generate(TENANT, asked)
    assert answer.platform_compliance is not None
    assert (answer.platform_compliance.platform, answer.platform_compliance.character_limit) == (
        "facebook",
        63_206,
    )


@pytest.mark.parametrize(
    ("asked", "platform", "limit"),
    [
        ({"use_case": "email_copy"}, "email", 65_536),
        ({"use_case": "email_copy", "platform": "facebook"}, "email", 65_536),
        ({"use_case": "whatsapp_message", "platform": "instagram"}, "whatsapp", 4096),
        (
            {"use_case": "whatsapp_message", "surface": "whatsapp_template_body"},
            "whatsapp",
            1024,
        ),
        ({"platform": "whatsapp", "surface": "whatsapp_template_body"}, "whatsapp", 1024),
    ],
)
def test_a_text_is_judged_by_its_own_platform_and_the_surface_that_was_named(
    asked: dict[str, Any], platform: str, limit: int
) -> None:
    """Some use cases write for one platform only, whatever the request says."""
    mail = {"content": COPY, "body": COPY, "subject": "Buen Fin", "preheader": "Al 2x1"}
    with container_over(FakeChatHosts(otherwise=json.dumps(mail))) as container:
        configure(container)
        answer = generate(container, **{"platform": None} | asked)
    compliance = answer.platform_compliance
    assert (compliance.platform, compliance.character_limit) == (platform, limit)


def test_a_surface_of_another_platform_is_refused() -> None:
    with container_over() as container:
        configure(container)
        error = assert_refused(
            container, InvalidRequest, "invalid_request", surface="whatsapp_template_body"
        )
        assert isinstance(error, InvalidRequest)
        assert error.issues == (("surface", "is of another platform"),)


# The hold ------------------------------------------------------------------------------------


def hold_while_called(container: Container, **fields: Any) -> Hold:
    """The hold that is open while the host is called."""
    seen: list[Hold] = []

    def look(*_: object) -> str:
        seen.extend(holds_of(container))
        return post()

    hosts_of(container).script(look)
    generate(container, **fields)
    return seen[0]


def test_the_hold_is_the_entry_that_a_sweep_would_book(tmp_path: Path) -> None:
    """At the upper bound of every variation, billable to nobody, until the deadline and grace."""
    with container_over(**priced_catalog(tmp_path / "c")) as container:
        configure(container, deadline_seconds=30)
        one = hold_while_called(container)
        three = hold_while_called(container, variations=3)
    entry = one.entry
    assert (entry.outcome, entry.basis, entry.billable) == (Outcome.ABORTED, "upper_bound", False)
    assert (entry.id, entry.booked) == (one.id, one.amount)
    assert entry.tokens_input + entry.tokens_output == one.amount.tokens
    assert entry.tokens_output == 2048
    assert entry.cost_pico_usd == one.amount.cost > 0
    assert one.expires_at == "2026-11-24T18:01:30.000000Z"
    assert (entry.provider, entry.model) == ("deepinfra", "llama-3.3-70b-instruct")
    assert entry.prompt_version == "social_post.instagram@3"
    assert three.entry.tokens_output == 3 * 2048
    assert three.amount.generations == one.amount.generations == 1
    assert one.request_hash != three.request_hash
    assert len(one.request_hash) == 64


def test_the_deadline_is_the_configs_own_else_the_operators() -> None:
    chat, clock = FakeChatHosts(otherwise=post()), StandingClock()
    with container_over(chat, clock, LLAMA_MARKETING_DEADLINE="7") as container:
        configure(container)
        generate(container)
        container.generation_service().stream(TENANT, ASKED).close()
        container.config_service().update(TENANT, {"deadlineSeconds": 3})
        generate(container)
    left = [seen.deadline.expires_at - clock.monotonic() for seen in chat.calls]
    assert left == [7, 7, 3]


def test_a_stream_has_120_seconds_where_nobody_says_otherwise() -> None:
    chat, clock = FakeChatHosts(otherwise=post()), StandingClock()
    with container_over(chat, clock) as container:
        configure(container)
        generate(container)
        container.generation_service().stream(TENANT, ASKED).close()
    left = [seen.deadline.expires_at - clock.monotonic() for seen in chat.calls]
    assert left == [60, 120]


@pytest.mark.parametrize(
    ("now", "period", "day"),
    [
        (datetime(2026, 12, 1, 5, 59, tzinfo=UTC), "2026-11", "2026-11-30"),
        (datetime(2026, 12, 1, 6, 0, tzinfo=UTC), "2026-12", "2026-12-01"),
    ],
)
def test_the_period_is_that_of_the_billing_zone_at_reservation(
    now: datetime, period: str, day: str
) -> None:
    clock = StandingClock(now)

    def slow(*_: object) -> str:
        clock.go_on(3600)
        return post()

    chat = FakeChatHosts(slow)
    with container_over(chat, clock) as container:
        configure(container)
        answer = generate(container)
        entry = books_of(container).entry(TENANT, answer.id)
        counter = books_of(container).counter(TENANT, period)
    assert entry is not None
    assert counter is not None
    assert (entry.period, entry.day) == (period, day)
    assert counter.settled.generations == 1


class HastyClock(StandingClock):
    """Once it is told, a month passes after each look at it."""

    hasty = False

    def now(self) -> datetime:
        """The moment it stands at."""
        seen = super().now()
        if self.hasty:
            self.go_on(31 * 24 * 3600)
        return seen


LAST_SECOND = datetime(2026, 12, 1, 5, 59, 59, tzinfo=UTC)
"""Of November, in Mexico City."""


def test_one_moment_decides_everything_about_an_admission() -> None:
    """Between two looks at the clock a month may end, or a price change."""
    clock = HastyClock(LAST_SECOND)
    with container_over(None, clock) as container:
        configure(container)
        admission = container.generation_service().admission
        clock.hasty = True
        prepared = admission.prepare(TENANT, GenerationRequest.read(ASKED), "", 60.0)
        hold = admission.reserve(prepared).hold
    assert prepared.moment == LAST_SECOND
    assert (hold.entry.period, hold.entry.day) == ("2026-11", "2026-11-30")
    assert hold.entry.timestamp == "2026-12-01T05:59:59.000000Z"
    assert hold.expires_at == "2026-12-01T06:01:59.000000Z"


def test_a_refusal_waits_for_the_end_of_the_month_whose_quota_refused() -> None:
    clock = HastyClock(LAST_SECOND)
    with container_over(None, clock) as container:
        configure(container, quota_monthly=0)
        clock.hasty = True
        with pytest.raises(QuotaExceeded) as raised:
            generate(container)
    assert raised.value.retry_after == 1


# The quota -----------------------------------------------------------------------------------


def test_a_quota_of_nothing_allows_nothing_and_no_quota_allows_all() -> None:
    with container_over() as container:
        configure(container, quota_monthly=0)
        assert_refused(container, QuotaExceeded, "quota_exceeded")
        container.config_service().update(TENANT, {"quotaMonthly": None})
        assert generate(container).content
        assert counter_of(container).limit is None


def test_a_quota_that_only_notifies_does_not_block() -> None:
    with container_over() as container:
        configure(container, quota_monthly=1, quota_unit="generations", quota_action="notify")
        for _ in range(3):
            generate(container)
        assert counter_of(container).available == -2


@pytest.mark.parametrize("unit", list(QuotaUnit))
def test_a_quota_counts_in_its_unit_and_refuses_what_may_not_fit(
    unit: QuotaUnit, tmp_path: Path
) -> None:
    """What is asked of the quota is the upper bound, what it loses is what was really used."""
    used = ChatReply(post(), FinishReason.STOP, usage=ReportedUsage(1000, 250))
    quota = {
        QuotaUnit.USD: "0.0045",
        QuotaUnit.TOKENS: "5000",
        QuotaUnit.GENERATIONS: "2",
    }[unit]
    chat = FakeChatHosts(otherwise=used)
    with container_over(chat, **priced_catalog(tmp_path / "c")) as container:
        configure(container, quota_monthly=Decimal(quota), quota_unit=unit)
        refusals = 0
        for _ in range(6):
            try:
                generate(container)
            except QuotaExceeded:
                refusals += 1
        counter = counter_of(container)
        calls = len(entries_of(container))
    assert 0 < calls < 6
    assert refusals == counter.refused == 6 - calls
    each = {QuotaUnit.USD: 900_000_000, QuotaUnit.TOKENS: 1250, QuotaUnit.GENERATIONS: 1}[unit]
    assert counter.settled.in_unit(unit) == calls * each
    assert counter.available is not None
    assert counter.available >= 0


def test_an_unknown_price_is_admitted_under_a_dollar_quota_and_books_nothing_on_it() -> None:
    with container_over() as container:
        configure(container, hosting_provider="groq", quota_monthly=Decimal("0.01"))
        answer = generate(container)
        assert answer.tokens_used.estimated_cost_usd is None
        assert settled_entry(container).price_missing
        counter = counter_of(container)
        assert (counter.settled.cost, counter.settled.tokens) == (0, 17)
        assert counter.available == 10**10


def test_a_quota_counted_below_its_use_refuses_even_an_unknown_price(tmp_path: Path) -> None:
    """Available is negative then, and what costs an unknown sum must not go out."""
    with container_over(**priced_catalog(tmp_path / "c")) as container:
        configure(container, quota_monthly=1)
        generate(container)
        service = container.config_service()
        service.update(TENANT, {"hostingProvider": "groq", "apiKey": "k" * 9})
        service.update(TENANT, {"quotaMonthly": Decimal("0.000001")})
        with pytest.raises(QuotaExceeded):
            generate(container)


def test_the_hold_of_a_dead_process_is_swept_when_the_quota_refuses() -> None:
    clock = StandingClock()
    with container_over(None, clock) as container:
        configure(container, quota_monthly=4000, quota_unit="tokens")
        stream = container.generation_service().stream(TENANT, ASKED)
        with pytest.raises(QuotaExceeded):
            generate(container)
        clock.go_on(180)
        with pytest.raises(QuotaExceeded):
            generate(container)
        assert entries_of(container) == []
        clock.go_on(1)
        with pytest.raises(QuotaExceeded):
            generate(container)
        swept = settled_entry(container)
        assert (swept.id, swept.basis) == (stream.id, Basis.UPPER_BOUND)
        stream.close()
        assert generate(container).content


def test_a_sweep_that_fails_now_and_then_leaves_no_hold_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with container_over() as container:
        configure(container)
        books = books_of(container)

        def unavailable(*_: object) -> None:
            raise StoreUnavailable("no answer")

        for _ in range(49):
            generate(container)
        monkeypatch.setattr(type(books), "expired_holds", unavailable)
        with pytest.raises(StoreUnavailable):
            generate(container)
        monkeypatch.undo()
        assert holds_of(container) == []
        assert len(entries_of(container)) == 49
