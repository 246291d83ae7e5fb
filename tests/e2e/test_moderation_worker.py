"""Real servers and workers on one store: killed with SIGKILL, they lose nothing of a job."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.serving import COMMAND, Served, configure, serving, wait_until
from tests.fake_host import Answer, FakeHost, Pause, SeenRequest, completion, raw
from tests.unit.domain.moderation.samples import items_of, reply, verdict

COMMENTS = 500
PARTS = 20
PATIENCE = 120.0


def obedient(request: SeenRequest) -> Answer:
    """Every text judged by its words, after a while."""
    items = items_of(request.json["messages"][-1]["content"])
    said = completion(reply([verdict(item) for item in items]))
    return raw(Pause(0.2), *said.steps)


def job(served: Served, job_id: str) -> Any:
    """How far a job is."""
    path = f"{served.client_url}/ai/meta/moderation-jobs/{job_id}"
    return httpx.get(path, timeout=30).json()


@pytest.mark.slow
def test_a_job_goes_on_after_its_server_was_killed(tmp_path: Path) -> None:
    """Each part is one operation in the books; a worker in its own process helps."""
    with FakeHost() as host:
        host.otherwise = obedient
        with serving(host, tmp_path) as served:
            configure(served, host)
            comments = [{"id": str(n), "text": f"Comentario {n}"} for n in range(COMMENTS)]
            path = f"{served.client_url}/ai/meta/moderate-comments"
            answer = httpx.post(path, json={"comments": comments}, timeout=30)
            assert answer.status_code == 202, answer.text
            job_id = str(answer.json()["jobId"])
            wait_until(lambda: host.requests, PATIENCE)
            for pid in served.workers():
                os.kill(pid, signal.SIGKILL)
            served.process.kill()
        with serving(host, tmp_path) as served:
            left = int(job(served, job_id)["processed"])
            worker = subprocess.Popen([*COMMAND, "worker"], env=dict(served.environ))
            try:
                wait_until(lambda: job(served, job_id)["processed"] == COMMENTS, PATIENCE)
            finally:
                worker.send_signal(signal.SIGTERM)
                assert worker.wait(timeout=60) == 0
            done, booked = job(served, job_id), served.total_requests()

    assert left < COMMENTS
    assert done["status"] == "completed"
    assert [result["commentId"] for result in done["results"]] == [c["id"] for c in comments]
    assert {result["label"] for result in done["results"]} == {"negative"}
    assert booked == PARTS
