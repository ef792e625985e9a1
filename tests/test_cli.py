"""The commands as somebody types them: what they do, what they say, and with which status they end."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.orm import Session

from engine import clock as clocks
from engine import db
from engine.bpmn.bundle import load_directory
from engine.cli.bench.six_tasks import six_tasks
from engine.cli.main import cli, main
from engine.demo.seed import load_reference
from engine.models.jobs import Incident
from engine.models.petition import Petition
from engine.models.process import Deployment, ProcessInstance, Timer
from engine.services import calendars, procedures, processes
from engine.vocabulary import Channel, PetitionType, TimerStatus

Uow = Callable[[], AbstractContextManager[Session]]
Wenzheng = Callable[..., tuple[int, str, str]]

SHIPPED = Path(__file__).resolve().parents[1] / "workflows" / "petition"
LOST_DATABASE = "postgresql://nobody@127.0.0.1:1/lost"
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def wenzheng(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Wenzheng:
    """Type a command: returns its exit status and what it wrote to the standard output and error."""
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)

    def run(*words: str, language: str = "en_GB.UTF-8") -> tuple[int, str, str]:
        monkeypatch.setenv("LANG", language)
        monkeypatch.setattr(sys, "argv", ["wenzheng", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        output = capsys.readouterr()
        return int(ended.value.code or 0), output.out, output.err

    return run


@pytest.fixture
def case(uow: Uow) -> int:
    """A case whose timer has been due for a day by the machine's own clock, which servers live by."""
    with clocks.use(clocks.ManualClock(datetime.now(UTC) - timedelta(days=3))), uow() as session:  # noqa: TID251
        deployment = procedures.publish(session, files=six_tasks(), actor="editor", note="first")
        return processes.start_instance(
            session, deployment=deployment, business_key="1", variables={}, actor="test"
        ).instance_id


@contextmanager
def started(*words: str) -> Iterator[subprocess.Popen[str]]:
    """A command that runs until it is stopped, on the database of the test and without Redis."""
    command = [Path(sys.executable).with_name("wenzheng"), *words]
    environment = {name: value for name, value in os.environ.items() if name != "WENZHENG_REDIS_URL"}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def stop(process: subprocess.Popen[str]) -> tuple[int, list[dict[str, object]]]:
    """Stop a command as a process manager does; return its exit status and what it logged."""
    process.send_signal(signal.SIGTERM)
    _out, logged = process.communicate(timeout=30)
    return process.returncode, [json.loads(line) for line in logged.splitlines()]


def until(condition: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def has_fired(uow: Uow) -> bool:
    with uow() as session:
        return list(session.scalars(sa.select(Timer.status))) == [TimerStatus.FIRED]


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:  # noqa: S310 - our own server
            return bool(response.status == 200)
    except urllib.error.URLError:
        return False


def commands(command: click.Command = cli, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield words
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from commands(each, (*words, name))


@pytest.mark.parametrize("words", list(commands()), ids=lambda words: " ".join(words) or "wenzheng")
def test_every_command_explains_itself(wenzheng: Wenzheng, words: tuple[str, ...]) -> None:
    status, out, err = wenzheng(*words, "--help")
    assert (status, err) == (0, "")
    first_line = out.partition("\n\n")[2].strip()
    assert re.match(r"[A-Z]", first_line), "a help text, not only its options"


def test_an_unknown_command_is_refused_on_the_standard_error(wenzheng: Wenzheng) -> None:
    status, out, err = wenzheng("frobnicate")
    assert (status, out) == (2, "")
    assert "No such command" in err


@pytest.mark.parametrize(
    ("language", "said"), [("en_GB.UTF-8", "The database cannot be reached"), ("zh_CN.UTF-8", "无法连接数据库")]
)
@on_sqlite
def test_a_database_out_of_reach_is_told_in_one_line(
    wenzheng: Wenzheng, database_url: str, language: str, said: str
) -> None:
    db.configure(LOST_DATABASE)
    status, out, err = wenzheng("incidents", "list", language=language)
    assert (status, out) == (1, "")
    assert said in err
    assert "wenzheng db upgrade" in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("words", [("incidents", "list"), ("ticker",), ("serve",)], ids=" ".join)
@on_sqlite
def test_an_empty_database_is_told_in_one_line(
    wenzheng: Wenzheng, database_url: str, tmp_path: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WENZHENG_DATABASE_URL", f"sqlite:///{tmp_path}/empty.db")
    with started(*words) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert "wenzheng db upgrade" in err
    assert len(err.splitlines()) == 1


@on_sqlite
def test_upgrading_an_empty_database_leaves_its_tables_and_the_published_holidays(
    wenzheng: Wenzheng, database_url: str, tmp_path: Path
) -> None:
    db.configure(f"sqlite:///{tmp_path}/new/wenzheng.db")
    status, out, err = wenzheng("db", "upgrade")
    assert (status, out, "calendar" in err) == (0, "", True)
    with db.unit_of_work(read_only=True) as session:
        assert not calendars.working_calendar(session).is_working(date(2020, 1, 27)), "the Spring Festival of 2020"
    status, _out, err = wenzheng("db", "upgrade")
    assert (status, "calendar" in err) == (0, False), "a second run changes nothing"


def test_the_migrations_make_the_tables_of_the_models(uow: Uow) -> None:
    with uow() as session:
        assert compare_metadata(MigrationContext.configure(session.connection()), db.Model.metadata) == []


@on_sqlite
@pytest.mark.slow
def test_serve_answers_fires_timers_and_stops_when_told(uow: Uow, case: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with started("serve", "--port", str(port)) as server:
        assert until(lambda: server.poll() is not None or answers(f"http://127.0.0.1:{port}/healthz"))
        assert until(lambda: server.poll() is not None or has_fired(uow))
        assert has_fired(uow)
        status, logged = stop(server)
    assert status == 0
    assert [entry["event"] for entry in logged] == ["ticker_started", "ticker_stopped"]
    assert not answers(f"http://127.0.0.1:{port}/healthz")


@on_sqlite
@pytest.mark.slow
def test_serve_on_a_port_in_use_says_so(database_url: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with started("serve", "--port", str(taken.getsockname()[1])) as server:
            out, err = server.communicate(timeout=60)
    assert (server.returncode, out) == (1, "")
    assert "did not start" in err


@on_sqlite
@pytest.mark.slow
def test_the_ticker_fires_timers_and_stops_when_told(uow: Uow, case: int) -> None:
    with started("ticker") as ticker:
        assert until(lambda: ticker.poll() is not None or has_fired(uow))
        status, logged = stop(ticker)
    assert status == 0
    assert [entry["event"] for entry in logged] == ["ticker_started", "ticker_stopped"]
    assert all(datetime.fromisoformat(str(entry["timestamp"])).tzinfo == UTC for entry in logged)


@on_sqlite
@pytest.mark.slow
def test_what_is_logged_of_a_failure_holds_no_local_variables(database_url: str) -> None:
    program = """
import logging, structlog
from engine import logs
logs.configure()
logs.configure()
def work(letter):
    raise ValueError("failed")
for log in (structlog.get_logger(), logging.getLogger("library")):
    try:
        work("secret " * 2)
    except ValueError:
        log.exception("broken")
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in run.stderr.splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [("broken", "error")] * 2
    assert all("ValueError: failed" in line["exception"] for line in lines)
    assert "secret secret" not in run.stderr
    assert run.stdout == ""


@pytest.mark.redis
@pytest.mark.slow
@on_sqlite
def test_a_worker_without_its_redis_says_so(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [Path(sys.executable).with_name("wenzheng"), "worker"]
    environment = {**os.environ, "WENZHENG_REDIS_URL": "redis://127.0.0.1:1/0", "LC_ALL": "C.UTF-8"}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "Redis does not answer" in run.stderr
    assert "Traceback" not in run.stderr


@on_sqlite
def test_incidents_are_listed_and_retried(wenzheng: Wenzheng, uow: Uow, case: int) -> None:
    with uow() as session:
        instance = session.get_one(ProcessInstance, case)
        good, instance.state = instance.state, b"\x63broken"
        timer = session.scalars(sa.select(Timer)).one()
        assert timer.due_at is not None
        session.add(
            Incident(
                instance_id=case,
                timer_id=timer.id,
                due_at=timer.due_at,
                message="UnreadableState: broken",
                raised_at=timer.due_at,
                retry_at=None,
            )
        )
    status, out, _err = wenzheng("incidents", "list")
    assert (status, out) == (0, f"1\tinstance {case}\t1 tries\twaits for you\tUnreadableState: broken\n")
    status, out, err = wenzheng("incidents", "retry", "1")
    assert (status, out, "failed again" in err) == (1, "", True)
    with uow() as session:
        session.get_one(ProcessInstance, case).state = good
    assert wenzheng("incidents", "retry", "1")[:2] == (0, "fired\n")
    status, out, _err = wenzheng("incidents", "retry", "1")
    assert (status, "no longer waits" in out) == (0, True)
    assert wenzheng("incidents", "list")[:2] == (0, "")
    status, _out, err = wenzheng("incidents", "retry", "7")
    assert (status, err) == (1, "wenzheng: There is no incident 7.\n  incident: 7\n")


def test_every_history_is_verified_and_a_changed_one_found(wenzheng: Wenzheng, uow: Uow, case: int) -> None:
    assert wenzheng("history", "verify")[:2] == (0, "1 chains verified, 0 broken\n")
    with uow() as session:
        session.get_one(ProcessInstance, case).history_head = "0" * 64
    status, out, _err = wenzheng("history", "verify")
    assert (status, out) == (1, f"-\tinstance {case}\tlink 2\tmissing\n1 chains verified, 1 broken\n")


@on_sqlite
def test_the_history_of_one_letter_is_verified_by_its_number(wenzheng: Wenzheng, uow: Uow, case: int) -> None:
    with uow() as session:
        letter = {"channel": Channel.WEB, "title": "路灯不亮", "content": "路灯坏了。", "type": PetitionType.HELP}
        session.add(Petition(instance_id=case, number="WZ1", query_code_hash="", received_at=clocks.now(), **letter))
        deployment = session.scalars(sa.select(Deployment)).one()
        other = processes.start_instance(
            session, deployment=deployment, business_key="2", variables={}, actor="test"
        ).instance_id
        session.get_one(ProcessInstance, other).history_head = "0" * 64
    assert wenzheng("history", "verify", "--number", "WZ1")[:2] == (0, "1 chains verified, 0 broken\n")
    status, out, err = wenzheng("history", "verify", "--number", "WZ0")
    assert (status, out, "There is no letter WZ0" in err) == (1, "", True)


def test_letters_are_imported_line_by_line(wenzheng: Wenzheng, uow: Uow, tmp_path: Path) -> None:
    with uow() as session:
        load_reference(session)
        procedures.publish(session, files=load_directory(SHIPPED), actor="editor1", note="shipped")
    heading = "编号,标题,内容,类型,来信人,电话,来信时间\n"
    rows = "SY1,路灯不亮,村口路灯坏了一个月,求助,王某,13800000000,2020-01-02 08:00\nSY2,,没有标题,求助,,,\n"
    file = tmp_path / "letters.csv"
    file.write_text(heading + rows, encoding="gbk")
    status, output, complaints = wenzheng("petitions", "import", str(file))
    assert (status, output) == (1, "created 1, unchanged 0, refused 1\n")
    assert "line 3, title" in complaints
    assert wenzheng("petitions", "import", str(file))[1] == "created 0, unchanged 1, refused 1\n"
    file.write_text("x;y\n", encoding="utf-8")
    assert wenzheng("petitions", "import", str(file))[0] == 1


def test_a_procedure_is_checked_published_and_listed(wenzheng: Wenzheng, uow: Uow) -> None:
    assert wenzheng("workflow", "lint", str(SHIPPED))[0] == 0
    assert wenzheng("workflow", "publish", str(SHIPPED), "--note", "第一版")[1].startswith("petition version 1 ")
    assert "第一版" in wenzheng("workflow", "list")[1]
