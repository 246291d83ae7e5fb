"""Real servers and workers on one store: killed with SIGKILL, they lose nothing of a job."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.serving import COMMAND, Served, configure, serving, wait_until
from tests.fake_host import FakeHost, Pause, completion

COMMENTS = 500
PARTS = 20
PATIENCE = 120.0
NOTHING_SAID = json.dumps({"items": []})


def job(served: Served, job_id: str) -> Any:
    """How far a job is."""
    path = f"{served.client_url}/ai/meta/moderation-jobs/{job_id}"
    return httpx.get(path, timeout=30).json()


@pytest.mark.slow
def test_a_job_goes_on_after_its_server_was_killed(tmp_path: Path) -> None:
    """Each part is one operation in the books; a worker in its own process helps."""
    with FakeHost() as host:
        host.otherwise = [Pause(0.2), *completion(NOTHING_SAID)]
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
    assert booked == PARTS
