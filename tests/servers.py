"""The real servers that tests talk to: found where they are configured or usual, else started for this run alone.

What a test does with them belongs in fixtures; here is only where they are and how they are started and stopped.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

import psycopg
import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

DATABASE_VARIABLE = "WENZHENG_TEST_DATABASE_URL"
REDIS_VARIABLE = "WENZHENG_TEST_REDIS_URL"
CHROMIUM_VARIABLE = "WENZHENG_TEST_CHROMIUM"

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class UnavailableError(Exception):
    """A server is neither running nor installed, or will not have us."""


class Servers:
    """The servers of one test run; what was started here stops with ``close``."""

    def __init__(self) -> None:
        self._started = ExitStack()

    @cached_property
    def postgresql(self) -> str:
        """The URL of a PostgreSQL server on which databases may be created."""
        if url := os.environ.get(DATABASE_VARIABLE):
            if not _may_create_databases(url):
                raise UnavailableError(f"PostgreSQL: {DATABASE_VARIABLE} does not answer or may not create databases")
            return url
        users = dict.fromkeys(["postgres", pwd.getpwuid(os.geteuid()).pw_name])
        for user in users:
            url = f"postgresql://{user}@127.0.0.1:5432/postgres"
            if _may_create_databases(url):
                return url
        return self._started.enter_context(_private_postgresql())

    @cached_property
    def redis(self) -> str:
        """The URL of a Redis server, without a database number."""
        if url := os.environ.get(REDIS_VARIABLE):
            if not _answers(url):
                raise UnavailableError(f"Redis: {REDIS_VARIABLE} does not answer")
            return url
        url = "redis://127.0.0.1:6379"
        return url if _answers(url) else self._started.enter_context(_private_redis())

    @cached_property
    def chromium(self) -> str:
        """The path of a Chromium."""
        if path := os.environ.get(CHROMIUM_VARIABLE):
            return path
        for name in BROWSERS:
            if path := shutil.which(name):
                return path
        raise UnavailableError("Chromium: not installed (apt-get install chromium)")

    def share_with_workers(self) -> None:
        """Find or start everything now and name it in the environment, so that parallel workers use the same."""
        for variable, name in ((DATABASE_VARIABLE, "postgresql"), (REDIS_VARIABLE, "redis")):
            try:
                os.environ[variable] = getattr(self, name)
            except UnavailableError:
                continue  # the tests that need it say so

    def close(self) -> None:
        """Stop what was started here."""
        self._started.close()


def _may_create_databases(url: str) -> bool:
    question = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            row = connection.execute(question).fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and bool(row[0])


def _answers(url: str, *, patience: Retry | None = None) -> bool:
    client = redis.Redis.from_url(url, socket_connect_timeout=5, retry=patience)
    try:
        return bool(client.ping())
    except (redis.ConnectionError, redis.TimeoutError, redis.AuthenticationError):
        return False
    finally:
        client.close()


@contextmanager
def _private_postgresql() -> Iterator[str]:
    programs = _postgresql_programs()
    # initdb refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="wenzheng-postgresql-", ignore_cleanup_errors=True) as name:
        directory, port = Path(name), _free_port()
        if user:
            shutil.chown(directory, user)
        data, log = directory / "data", directory / "log"

        def run(program: str, *arguments: object) -> None:
            command = [str(programs / program), "-D", str(data), *map(str, arguments)]
            try:
                subprocess.run(command, check=True, capture_output=True, text=True, cwd=directory, user=user)
            except subprocess.CalledProcessError as error:
                raise UnavailableError(f"PostgreSQL: {program} failed: {error.stderr}") from error

        run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        # A test's database need not survive a power cut.
        speed = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        place = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -p {port}"
        run("pg_ctl", "-w", "-s", "-l", log, "-o", f"{place} {speed}", "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-w", "-s", "-m", "immediate", "stop")


def _postgresql_programs() -> Path:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if installed:
        return installed[-1].parent
    if path := shutil.which("initdb"):
        return Path(path).resolve().parent
    raise UnavailableError("PostgreSQL: no server on 127.0.0.1:5432 and none installed (apt-get install postgresql)")


@contextmanager
def _private_redis() -> Iterator[str]:
    program = shutil.which("redis-server")
    if not program:
        raise UnavailableError("Redis: no server on 127.0.0.1:6379 and none installed (apt-get install redis-server)")
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="wenzheng-redis-") as directory:
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        process = subprocess.Popen([program, *options, "--dir", directory], stdout=subprocess.DEVNULL)
        try:
            url = f"redis://127.0.0.1:{port}"
            if not _answers(url, patience=Retry(ConstantBackoff(0.05), 200)):
                raise UnavailableError("Redis: the private server does not answer")
            yield url
        finally:
            process.terminate()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
