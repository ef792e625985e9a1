"""``wenzheng serve``, ``ticker``, ``worker``: the running product."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import click

from engine import clock, logs, schedule
from engine.db import unit_of_work
from engine.errors import Misconfigured
from engine.services import facts
from engine.settings import ROOT

if TYPE_CHECKING:
    from types import FrameType

_START_SECONDS = 30


def _prepare() -> None:
    logs.configure()
    if not schedule.prepare_process():
        raise Misconfigured(
            "The database has no tables yet. Create them with `wenzheng db upgrade`.",
            message_zh="数据库尚未建表,请先运行 `wenzheng db upgrade`。",
        )


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
    return stop


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=int)
@click.option("--threads", default=8, show_default=True, type=int)
def serve(host: str, port: int, threads: int) -> None:
    """Serve the pages and the API and fire timers: everything in one command, no other server needed."""
    _prepare()
    stop = _stop_on_signal()
    web = [sys.executable, "-m", "gunicorn", "--bind", f"{host}:{port}", "--workers", "1", "--threads", str(threads)]
    web += ["--worker-class", "gthread", "--log-level", "warning", "wsgi:app"]
    with subprocess.Popen(web, cwd=ROOT, env=os.environ.copy()) as server:  # noqa: S603 - our own command
        try:
            address = f"http://{host}:{port}/"
            _wait_until_up(address, server)
            click.echo(f"问政 Wenzheng is at {address}")
            _tell_demo_accounts()
            threading.Thread(target=_stop_with, args=(server, stop), daemon=True).start()
            schedule.run(stop)
        finally:
            server.terminate()
    if server.returncode not in (0, -signal.SIGTERM):
        sys.exit(1)


def _stop_with(server: subprocess.Popen[bytes], stop: threading.Event) -> None:
    server.wait()
    stop.set()


def _wait_until_up(address: str, server: subprocess.Popen[bytes]) -> None:
    started = time.monotonic()
    while time.monotonic() - started < _START_SECONDS:
        if server.poll() is not None:
            raise Misconfigured(
                f"The web server did not start on {address}.", message_zh=f"无法在 {address} 启动服务,端口可能被占用。"
            )
        try:
            with urllib.request.urlopen(f"{address}healthz", timeout=1):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    raise Misconfigured(f"The web server did not answer on {address}.", message_zh=f"{address} 没有应答。")


def _tell_demo_accounts() -> None:
    with unit_of_work(read_only=True) as session:
        if facts.demo_clock(session) is None:
            return
    now = clock.local(clock.now())
    click.echo(f"演示时间 demo time: {now:%Y-%m-%d %H:%M}. 演示账号 demo accounts, password wenzheng-demo:")
    click.echo(
        "  intake1 dispatcher1 reviewer1 final1 followup1 supervisor1 leader1 confidential1 editor1 auditor1 admin1"
    )
    click.echo("  t01 t01head … t18 t18head (towns), d01 d01head … d19 d19head (departments)")


@click.command()
@click.option("--pause", default=schedule.PAUSE, show_default=True, help="Seconds between rounds.")
def ticker(pause: float) -> None:
    """Fire due timers until stopped: by itself, or through RQ workers when WENZHENG_REDIS_URL is set."""
    _prepare()
    schedule.run(_stop_on_signal(), pause=pause)


@click.command()
def worker() -> None:
    """Run an RQ worker (needs WENZHENG_REDIS_URL)."""
    _prepare()
    schedule.work()
