"""Jobs are worked on in a thread of the server."""

from __future__ import annotations

import threading

from llama_marketing.adapters.server.background import BackgroundWorker
from llama_marketing.domain.jobs.models import JobStatus
from llama_marketing.testing.hosts import FakeChatHosts
from tests.unit.app.samples import TENANT, configure, container_over
from tests.unit.app.test_moderation import asked, model, obedient

PATIENCE = 60


def test_what_was_left_is_taken_up_at_the_start_and_a_stop_ends_the_thread() -> None:
    never = threading.Event()
    with container_over(FakeChatHosts(otherwise=model(obedient))) as container:
        configure(container)
        service = container.moderation_service()
        job_id = service.submit(TENANT, asked("Hola") | {"async": True}).job_id
        queue = container.job_worker().queue
        background = BackgroundWorker(container.job_worker())
        background.start()
        for _ in range(100 * PATIENCE):
            if service.job(TENANT, job_id).status is JobStatus.COMPLETED:
                break
            never.wait(0.01)
        background.stop()

        assert service.job(TENANT, job_id).status is JobStatus.COMPLETED
        assert not background._thread.is_alive()
        assert list(queue.take(container._wiring.clock().now(), 1)) == []
