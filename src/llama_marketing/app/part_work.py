"""What a worker does with the parts of one kind of job."""

from __future__ import annotations

from typing import Protocol

from llama_marketing.domain.errors import LlamaMarketingError
from llama_marketing.domain.jobs.models import Job, JobPart
from llama_marketing.domain.tenant import TenantRef


class PartWork(Protocol):
    """Does parts. The present try of a part is one operation, under the part's ``operation_id``."""

    def do(self, tenant: TenantRef, job: Job, part: JobPart) -> JobPart:
        """The part as it ended; done again after a kill, it is the same operation.

        Raises StoreError where nobody knows what is booked, and another LlamaMarketingError when
        the try brought nothing.
        """

    def may_try_again(self, error: LlamaMarketingError) -> bool:
        """Whether another try may end better than one that ended so."""

    def given_up(self, job: Job, part: JobPart) -> JobPart:
        """The part that is tried no more."""

    def count(self, tenant: TenantRef, job: Job, ended: JobPart) -> None:
        """Count what came of a part, before it is kept; doing it again changes nothing."""
