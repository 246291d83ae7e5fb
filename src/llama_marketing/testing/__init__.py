"""For the tests of other teams: stores without a file, and the contracts of the ports.

The contract suites are classes of tests that pytest runs on an adapter of your own; they need
pytest and are imported by their module::

    from llama_marketing.testing.books import UsageBooksContract

    class TestMyBooks(UsageBooksContract):
        def make(self) -> UsageBooks:
            return MyBooks(...)
"""

from llama_marketing.adapters.memory.configs import MemoryConfigs
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.generations import MemoryGenerations
from llama_marketing.adapters.memory.usage import MemoryUsageBooks

__all__ = ["MemoryConfigs", "MemoryDatabase", "MemoryGenerations", "MemoryUsageBooks"]
