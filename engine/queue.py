"""The queue: hands work to RQ on Redis. The database stays the truth; what is enqueued here is only a nudge.

Job ids are deterministic, so enqueuing the same work twice leaves one job, and losing Redis loses nothing.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError

from engine.errors import Misconfigured
from engine.settings import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Our own work on cases; nothing that talks to the outside.
QUEUE = "wenzheng"
#: The client's own default goes on asking for most of a minute: too long while timers are due.
_PATIENCE = Retry(ExponentialBackoff(cap=0.2, base=0.05), 2)


@cache
def connection(url: str | None = None) -> Redis:
    """Return the Redis connection of this process.

    Raises:
        Misconfigured: no Redis is configured.

    """
    address = url or settings().redis_url
    if address is None:
        raise Misconfigured(
            "WENZHENG_REDIS_URL is not set.", message_zh="没有设置 WENZHENG_REDIS_URL。", name="WENZHENG_REDIS_URL"
        )
    return Redis.from_url(address, retry=_PATIENCE)


def enqueue(function: str, identities: Sequence[str], *, url: str | None = None) -> int:
    """Enqueue ``function`` (a dotted name) for each identity not queued already; return how many were new."""
    queue = Queue(QUEUE, connection=connection(url))
    new = 0
    for identity in identities:
        try:
            # Nothing is kept afterwards: a job that is done must not stand in the way of the next one of its name.
            queue.enqueue_call(
                function,
                (identity,),
                job_id=f"{function.rpartition('.')[2]}-{identity}",
                unique=True,
                result_ttl=0,
                failure_ttl=0,
            )
        except DuplicateJobError:
            continue
        new += 1
    return new
