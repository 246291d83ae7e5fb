"""`llama-marketing compare`: the table, the best, the sentence, a radar."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from llama_marketing.domain.usage.entries import timestamp
from llama_marketing.testing.samples import sample_entry
from tests.unit.adapters.cli.shell import OWNER, TENANT, Shell


def used(shell: Shell) -> Shell:
    """A client with operations of two providers in the running month."""
    shell.configure()
    with shell.container() as container:
        now = timestamp(container._wiring.clock().now())
        for name, provider, price in (("a", "groq", "0.003"), ("b", "anthropic", "0.01")):
            for number in range(40):
                entry = sample_entry(
                    f"{name}{number}",
                    client_id=TENANT.client_id,
                    provider=provider,
                    timestamp=now,
                    quality_rating=4 if name == "a" else 5,
                    latency_ms=300 if name == "a" else 1000,
                    cost_usd=Decimal(price),
                )
                container.usage_service().record(TENANT, entry)
    return shell


def test_providers_are_a_line_each_with_the_recommendation(shell: Shell) -> None:
    result = used(shell).run("compare", *OWNER)

    assert result.exit_code == 0, result.output
    for shown in ("Meta AI", "Claude", "300 ms", "4.00 de 40", "Mejor calidad  Claude"):
        assert shown in result.stdout
    (line,) = [each for each in result.stdout.splitlines() if each.startswith("Meta AI  ")]
    assert line.rstrip().endswith("█" * 7), "a provider is one line of 100 columns"
    assert "80% de la calidad de Claude" in " ".join(result.stdout.split())


def test_a_client_without_usage_is_told_so(shell: Shell) -> None:
    result = shell.run("compare", *OWNER)

    assert result.exit_code == 0
    assert "Todavía no hay uso" in result.stdout


def test_a_snapshot_is_kept_and_drawn(shell: Shell, tmp_path: Path) -> None:
    """As JSON it is the whole comparison."""
    file = tmp_path / "radar.svg"
    document = used(shell).json("compare", *OWNER, "--plot", str(file))
    kept = shell.json("compare", *OWNER, "--snapshot", "--month", document["period"])
    with shell.container() as container:
        found = container.comparison_service().kept_snapshot(TENANT, document["period"])

    assert kept == document
    assert found is not None
    assert "<svg" in file.read_text(encoding="utf-8")
    assert shell.run("compare", *OWNER, "--period", "x").exit_code == 1
