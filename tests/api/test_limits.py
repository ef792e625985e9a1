"""Strangers may guess and flood only so often; whoever has signed in is not counted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from flask import Flask

import api
from api.limits import limiter
from tests.api.callers import LETTER, Caller, answer, problem

T01 = {"username": "t01", "password": "wenzheng-demo"}
places = count(1)


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
def limited(request: pytest.FixtureRequest, database_url: str) -> Iterator[Flask]:
    storage = "memory://" if request.param == "memory" else request.getfixturevalue("redis_url")
    app = Flask("limited")
    app.config.update(TESTING=True, RATELIMIT_ENABLED=True, RATELIMIT_STORAGE_URI=storage)
    api.register(app)
    yield app
    limiter.reset()


def from_one_place(app: Flask) -> Caller:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = f"10.0.0.{next(places)}"
    return Caller(client)


@pytest.mark.parametrize("path", ["/tokens", "/session"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_eleventh_guess_at_a_password_is_not_heard(limited: Flask, path: str) -> None:
    guesser = from_one_place(limited)
    for _ in range(10):
        problem(guesser.post(path, {**T01, "password": "guess"}), 401, "sign_in_refused")
    refused = guesser.post(path, T01)
    problem(refused, 429, "too_many_requests")
    assert 0 < int(refused.headers["Retry-After"]) <= 300
    answer(guesser.post(path, {**T01, "username": "t02"}), 201)
    answer(from_one_place(limited).post(path, T01), 201)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_knows_the_password_is_not_counted(limited: Flask) -> None:
    office = from_one_place(limited)
    for _ in range(12):
        answer(office.post("/tokens", T01), 201)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_guesses_are_counted_by_name_whatever_is_sent_for_one(limited: Flask) -> None:
    guesser = from_one_place(limited)
    for name in ("T01", "t01", ["t01"], None, {"a": 1}) * 2:
        assert guesser.post("/tokens", {"username": name, "password": "guess"}).status_code in {401, 422}
    guesser.post("/tokens", [])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_query_codes_are_not_to_be_guessed(limited: Flask) -> None:
    guesser = from_one_place(limited)
    guess = {"number": "WZ20200102-0001", "query_code": "22222222"}
    for _ in range(30):
        problem(guesser.post("/petitions/track", guess), 404, "not_found")
    problem(guesser.post("/petitions/track", guess), 429, "too_many_requests")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_letters_from_one_place_are_taken_up_to_a_number(limited: Flask) -> None:
    flooder = from_one_place(limited)
    for _ in range(30):
        flooder.post("/petitions", {**LETTER, "title": ""})
    problem(flooder.post("/petitions", LETTER), 429, "too_many_requests")
    answer(from_one_place(limited).post("/petitions", LETTER), 201)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_intake_registers_calls_as_they_come(limited: Flask) -> None:
    centre = from_one_place(limited)
    token = answer(centre.post("/tokens", {**T01, "username": "intake1"}), 201)["token"]
    for _ in range(31):
        centre.post("/petitions", {**LETTER, "title": ""})
    problem(centre.post("/petitions", LETTER), 429, "too_many_requests")
    centre.headers["Authorization"] = f"Bearer {token}"
    answer(centre.post("/petitions", {**LETTER, "channel": "phone"}), 201)
